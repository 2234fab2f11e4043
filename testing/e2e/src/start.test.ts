import { execFileSync, spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { basename } from 'node:path';
import { findPrometheus } from '@sluice/monitoring/find-prometheus';
import { testEndpoints } from '@sluice/dev-servers/test-endpoints';
import { freePort, freePorts } from '@sluice/dev-servers/free-port';
import { answers, start, until } from './start-command.ts';
import { removeStream } from '@sluice/start/testing/remove-stream';
import { root } from './system.ts';

const stream = `e2e_start_${process.pid}`;

test('a port in use is one message that says what to do', async () => {
  const port = await freePort();
  const holder = createServer().listen(port, '127.0.0.1');
  await once(holder, 'listening');
  const { child, output } = start(['--no-traffic'], {
    SLUICE_DEV_STREAM: stream,
    SLUICE_DEV_INGRESS_PORT: String(port),
  });
  const [code] = (await once(child, 'close')) as [number];
  holder.close();
  expect(code).toBe(1);
  expect(output()).toContain(
    `Port ${port} for ingress is in use by ${basename(process.execPath)} (process ${process.pid} in ${process.cwd()}): stop what uses it, or set SLUICE_DEV_INGRESS_PORT to a free port.`,
  );
  // Nothing was started, so there is nothing to stop.
  expect(output()).not.toContain('topp');
}, 30_000);

test.each([
  [['--pushes', 'many'], '--pushes must be a whole number above zero, not "many".'],
  [['--once', '--no-traffic'], '--once waits for traffic and --no-traffic sends none: use one of them.'],
  [['--wrong'], "Unknown option '--wrong'"],
])(
  '%j is refused with a message',
  async (args, message) => {
    const { child, output } = start(args, { SLUICE_DEV_STREAM: stream });
    const [code] = (await once(child, 'close')) as [number];
    expect(code).toBe(2);
    expect(output()).toContain(message);
  },
  30_000,
);

test('it brings the system up, with a Prometheus where there is one, and Ctrl-C leaves no process behind', async () => {
  const [ingressPort = 0, agentPanelPort = 0, emulatorPort = 0, prometheusPort = 0, statusPort = 0] =
    await freePorts(5);
  // The services' metrics are on one port each from this one on.
  const opsPorts = await freePorts(5);
  const ports = {
    SLUICE_DEV_STREAM: stream,
    SLUICE_DEV_INGRESS_PORT: String(ingressPort),
    SLUICE_DEV_OPS_PORT: String(opsPorts[0]),
    SLUICE_DEV_AGENT_PANEL_PORT: String(agentPanelPort),
    SLUICE_DEV_EMULATOR_PORT: String(emulatorPort),
    SLUICE_DEV_PROMETHEUS_PORT: String(prometheusPort),
    SLUICE_DEV_STATUS_PORT: String(statusPort),
  };
  const { child, output } = start(['--no-traffic', '--with-monitoring'], ports);
  try {
    await until(() => output().includes('stops everything') || child.exitCode !== null, 'npm start is up');
    const monitoring = findPrometheus(process.env);
    const all = [
      ...opsPorts,
      emulatorPort,
      statusPort,
      ...(monitoring.outcome === 'there' ? [prometheusPort] : []),
    ];
    expect(output()).toContain(
      monitoring.outcome === 'there' ? `http://127.0.0.1:${prometheusPort}/alerts` : monitoring.reason,
    );
    expect(await Promise.all(all.map(answers))).toEqual(all.map(() => true));
    expect(output()).toContain(`Workbench        http://127.0.0.1:${emulatorPort}`);
    expect(output()).toContain(`Status           http://127.0.0.1:${statusPort}`);
    const state = await fetch(`http://127.0.0.1:${statusPort}/state`);
    expect(await state.json()).toMatchObject({
      stream,
      silent: [],
      counts: { acknowledged: 0, stored: { clickhouse: 0, elasticsearch: 0 } },
    });

    child.kill('SIGINT');
    const [code] = (await once(child, 'close')) as [number];
    expect([code, output()]).toEqual([0, expect.stringContaining('Everything is stopped.')]);
    expect(await Promise.all(all.map(answers))).toEqual(all.map(() => false));
  } finally {
    child.kill('SIGKILL');
    await removeStream(testEndpoints(), stream);
  }
}, 120_000);

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
