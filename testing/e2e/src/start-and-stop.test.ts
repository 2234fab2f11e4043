import { execFileSync, spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { testEndpoints } from '@sluice/dev-servers/test-endpoints';
import { freePorts } from '@sluice/dev-servers/free-port';
import { removeStream } from '@sluice/start/testing/remove-stream';
import { answers, until } from './start-command.ts';
import { root } from './system.ts';

const stream = `e2e_stop_${process.pid}`;

/** `npm start` as a user, a supervisor or CI runs it, in a process group of its own. */
async function startByNpm(): Promise<{
  npm: ChildProcess;
  output: () => string;
  ports: number[];
  env: NodeJS.ProcessEnv;
}> {
  const [ingressPort = 0, agentPanelPort = 0, emulatorPort = 0, statusPort = 0] = await freePorts(4);
  const opsPorts = await freePorts(5);
  const env = {
    ...process.env,
    SLUICE_DEV_STREAM: stream,
    SLUICE_DEV_INGRESS_PORT: String(ingressPort),
    SLUICE_DEV_OPS_PORT: String(opsPorts[0]),
    SLUICE_DEV_AGENT_PANEL_PORT: String(agentPanelPort),
    SLUICE_DEV_EMULATOR_PORT: String(emulatorPort),
    SLUICE_DEV_STATUS_PORT: String(statusPort),
  };
  const stdio: StdioOptions = ['ignore', 'pipe', 'pipe'];
  const npm = spawn('npm', ['start', '--', '--no-traffic'], { cwd: root, env, stdio, detached: true });
  let text = '';
  npm.stdout?.on('data', (chunk: Buffer) => (text += chunk.toString()));
  npm.stderr?.on('data', (chunk: Buffer) => (text += chunk.toString()));
  await until(() => text.includes('stops everything') || npm.exitCode !== null, 'npm start is up', 150_000);
  if (npm.exitCode !== null) throw new Error(`npm start ended: ${text}`);
  return { npm, output: () => text, ports: [...opsPorts, emulatorPort, statusPort], env };
}

function kill(signal: NodeJS.Signals): (npm: ChildProcess) => void {
  return (npm) => void npm.kill(signal);
}

const waysToStop: [string, (npm: ChildProcess, env: NodeJS.ProcessEnv) => void][] = [
  ['kill -INT of npm', kill('SIGINT')],
  ['kill -TERM of npm', kill('SIGTERM')],
  ['kill -KILL of npm', kill('SIGKILL')],
  ['a closed terminal', (npm) => void process.kill(-(npm.pid ?? 0), 'SIGHUP')],
  ['npm stop', (_npm, env) => void execFileSync('npm', ['stop'], { cwd: root, env })],
];

test.each(waysToStop)(
  '%s stops everything in order',
  async (_how, stop) => {
    const { npm, output, ports, env } = await startByNpm();
    try {
      expect(await Promise.all(ports.map(answers))).toEqual(ports.map(() => true));
      stop(npm, env);
      await until(() => output().includes('Everything is stopped.'), 'everything is stopped');
      expect(await Promise.all(ports.map(answers))).toEqual(ports.map(() => false));
      expect(execFileSync('npm', ['stop'], { cwd: root, env, encoding: 'utf8' })).toContain('Nothing runs');
    } finally {
      if (npm.exitCode === null && npm.signalCode === null) process.kill(-(npm.pid ?? 0), 'SIGKILL');
      await removeStream(testEndpoints(), stream);
    }
  },
  180_000,
);

test('what a killed start leaves ends by itself, and the next one runs', async () => {
  const first = await startByNpm();
  process.kill(-(first.npm.pid ?? 0), 'SIGKILL');
  await until(async () => !(await Promise.all(first.ports.map(answers))).includes(true), 'all services end');
  const second = await startByNpm();
  second.npm.kill('SIGTERM');
  await until(() => second.output().includes('Everything is stopped.'), 'everything is stopped');
  await removeStream(testEndpoints(), stream);
}, 420_000);
