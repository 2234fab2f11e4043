import { once } from 'node:events';
import { createServer } from 'node:net';
import { basename } from 'node:path';
import { findPrometheus } from '@sluice/monitoring/find-prometheus';
import { testEndpoints } from '@sluice/dev-servers/test-endpoints';
import { freePort, freePorts } from '@sluice/dev-servers/free-port';
import { answers, start, until } from './start-command.ts';
import { removeStream } from '@sluice/start/testing/remove-stream';

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
