import { once } from 'node:events';
import { readFileSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { freePorts } from '@sluice/dev-servers/free-port';
import { testEndpoints } from '@sluice/dev-servers/test-endpoints';
import { serviceNames } from '@sluice/start/services';
import { answers, start, until } from './start-command.ts';
import { removeStream } from '@sluice/start/testing/remove-stream';
import { root } from './system.ts';

const stream = `e2e_dev_${process.pid}`;

/** `npm run dev -- …`, as the script runs it once everything is installed. */
const dev = (args: readonly string[], env: Record<string, string> = {}): ReturnType<typeof start> =>
  start(['--dev', ...args], { SLUICE_DEV_STREAM: stream, ...env });

test.each([
  [[], 'Name the service to work on'],
  [['ingres'], '"ingres" is no service'],
  [['ingress', 'normalizer'], '"ingress normalizer" is no service'],
])(
  '%j is refused with a list of the services',
  async (args, said) => {
    const { child, output } = dev(args);
    expect(await once(child, 'close')).toEqual([2, null]);
    expect(output().trim()).toBe(
      `${said}: npm run dev -- ingress | normalizer | sink-clickhouse | sink-elasticsearch | agent-panel`,
    );
  },
  30_000,
);

/** Brings the system up with one service under a watcher. */
async function devUp(
  service: string,
): Promise<ReturnType<typeof start> & { inspect: number; opsPorts: number[] }> {
  const [ingress = 0, agentPanel = 0, emulator = 0, status = 0, inspect = 0] = await freePorts(5);
  const opsPorts = await freePorts(5);
  const { child, output } = dev([service], {
    SLUICE_DEV_INGRESS_PORT: String(ingress),
    SLUICE_DEV_OPS_PORT: String(opsPorts[0]),
    SLUICE_DEV_AGENT_PANEL_PORT: String(agentPanel),
    SLUICE_DEV_EMULATOR_PORT: String(emulator),
    SLUICE_DEV_STATUS_PORT: String(status),
    SLUICE_DEV_INSPECT_PORT: String(inspect),
  });
  await until(() => output().includes('stops everything') || child.exitCode !== null, 'it is up');
  return { child, output, inspect, opsPorts };
}

test('one service starts again when one of its files changes, and a debugger finds it', async () => {
  const { child, output, inspect, opsPorts } = await devUp('normalizer');
  try {
    expect(output()).toContain(`Debugger         127.0.0.1:${inspect}`);
    // Its log is in front, for people, and no other's.
    expect(output()).toMatch(/^normalizer \[\d\d:\d\d:[\d.]+\] INFO: started$/m);
    expect(output()).not.toMatch(/^ingress \[/m);
    const before = await debugged(inspect);
    expect(before.title).toContain('services/normalizer/src/main.ts');

    // Touched alone: what is in it is not changed.
    const now = new Date();
    utimesSync(join(root, 'services/normalizer/src/pipeline.ts'), now, now);
    await until(() => startsOf('normalizer') === 2, 'it has started again');
    await until(async () => (await fetch(`http://127.0.0.1:${opsPorts[1]}/readyz`)).ok, 'it is ready again');
    expect((await debugged(inspect)).id).not.toBe(before.id);
    expect(serviceNames.map((name) => [name, startsOf(name)])).toEqual([
      ['ingress', 1],
      ['normalizer', 2],
      ['sink-clickhouse', 1],
      ['sink-elasticsearch', 1],
    ]);

    child.kill('SIGINT');
    expect(await once(child, 'close')).toEqual([0, null]);
    expect(output()).toContain('Everything is stopped.');
    expect(await Promise.all([...opsPorts, inspect].map(answers))).toEqual(Array(6).fill(false));
  } finally {
    child.kill('SIGKILL');
    await removeStream(testEndpoints(), stream);
  }
}, 180_000);

test('what a killed run leaves ends by itself, the watcher too', async () => {
  const { child, inspect, opsPorts } = await devUp('agent-panel');
  try {
    await debugged(inspect);
    child.kill('SIGKILL');
    const ports = [...opsPorts, inspect];
    await until(async () => !(await Promise.all(ports.map(answers))).includes(true), 'all services end');
  } finally {
    child.kill('SIGKILL');
    await removeStream(testEndpoints(), stream);
  }
}, 180_000);

/** What a debugger would attach to. */
async function debugged(port: number): Promise<{ id: string; title: string }> {
  const answer = await fetch(`http://127.0.0.1:${port}/json/list`);
  const [found] = (await answer.json()) as { id: string; title: string }[];
  if (!found) throw new Error('Nothing can be debugged.');
  return found;
}

/** How often a service has started, by its log. */
function startsOf(name: string): number {
  const log = readFileSync(join(root, '.sluice/logs', stream, `${name}.log`), 'utf8');
  return log.match(/"msg":"started"/g)?.length ?? 0;
}
