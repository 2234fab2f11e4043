import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { startOtlpReceiver, type OtlpReceiver } from '@sluice/telemetry/testing/otlp-receiver';

jest.setTimeout(20_000);

interface Line {
  readonly msg: string;
  readonly level: string;
  readonly opsPort?: number;
}

const started: { kill(signal: 'SIGKILL'): boolean }[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

async function until(what: string, holds: () => boolean): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`Not within 10 s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** The tiny service as a process of its own. */
function startTiny(env: Record<string, string> = {}) {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(SLUICE|OTEL)_/.test(name));
  const [preloaded, service] = ['tell-loaded.ts', 'tiny-service.ts'].map((name) =>
    join(import.meta.dirname, '../testing', name),
  );
  const child = spawn(process.execPath, ['--import', preloaded ?? '', service ?? ''], {
    env: { ...Object.fromEntries(inherited), SLUICE_OPS_PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  started.push(child);
  const output = { stdout: '', stderr: '' };
  child.stdout?.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()));
  const ended = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | string);
  const lines = (): Line[] =>
    output.stdout
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Line);
  const messages = () => lines().map(({ msg }) => msg);
  return {
    output,
    ended,
    lines,
    messages,
    says: (message: string) => until(`it says "${message}"`, () => messages().includes(message)),
    tell: (word: string) => child.send(word),
    kill: (signal: NodeJS.Signals) => child.kill(signal),
    /** Which packages of OpenTelemetry it has loaded. */
    async loaded() {
      const answered = once(child, 'message');
      child.send('loaded');
      const [{ loaded }] = (await answered) as [{ loaded: string[] }];
      return loaded;
    },
    async ask(path: string) {
      await until('it has a port', () => lines().some(({ opsPort }) => opsPort !== undefined));
      const port = lines().find(({ opsPort }) => opsPort !== undefined)?.opsPort ?? 0;
      const answer = await fetch(`http://127.0.0.1:${port}${path}`);
      return { status: answer.status, text: await answer.text(), type: answer.headers.get('content-type') };
    },
  };
}

async function startedTiny(env: Record<string, string> = {}) {
  const tiny = startTiny(env);
  await tiny.ask('/livez');
  tiny.tell('start');
  tiny.tell('ready');
  await tiny.says('started');
  return tiny;
}

describe('what operators ask', () => {
  test('ready only when it works: until then 503, with the reason', async () => {
    const tiny = startTiny();
    expect(await tiny.ask('/livez')).toMatchObject({ status: 200, text: 'ok\n' });
    expect(await tiny.ask('/readyz')).toMatchObject({ status: 503, text: 'It is starting.\n' });
    tiny.tell('start');
    await tiny.says('started');
    expect(await tiny.ask('/readyz')).toMatchObject({ status: 503, text: 'Kafka has not answered yet.\n' });
    tiny.tell('ready');
    let ready = await tiny.ask('/readyz');
    for (let tries = 0; ready.status !== 200 && tries < 100; tries += 1) ready = await tiny.ask('/readyz');
    expect(ready).toMatchObject({ status: 200, text: 'ok\n' });
  });

  test('metrics in the format of Prometheus, and 404 for anything else', async () => {
    const tiny = startTiny();
    const metrics = await tiny.ask('/metrics');
    expect(metrics).toMatchObject({ status: 200, type: expect.stringContaining('version=0.0.4') as string });
    expect(metrics.text).toContain('process_cpu_seconds_total{component="tiny"}');
    expect(await tiny.ask('/')).toMatchObject({ status: 404 });
  });
});

describe('the stop', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)('on %s it stops in order and exits 0', async (signal) => {
    const tiny = await startedTiny();
    tiny.kill(signal);
    await tiny.says('draining');
    expect(await tiny.ask('/readyz')).toMatchObject({ status: 503, text: 'It is stopping.\n' });
    expect(await tiny.ask('/livez')).toMatchObject({ status: 200 });
    tiny.tell('drained');
    expect(await tiny.ended).toBe(0);
    expect(tiny.messages().slice(-4)).toEqual([`${signal}: stopping`, 'draining', 'drained', 'stopped']);
  });

  test('while it starts, it exits 0 as well', async () => {
    const tiny = startTiny();
    await tiny.ask('/readyz');
    tiny.kill('SIGTERM');
    expect(await tiny.ended).toBe(0);
  });

  test('one that hangs exits 1 after the deadline, and says what that means', async () => {
    const tiny = await startedTiny({ SLUICE_BEHAVIOUR: 'stop-hangs', SLUICE_STOP_DEADLINE_MS: '200' });
    tiny.kill('SIGTERM');
    expect(await tiny.ended).toBe(1);
    expect(tiny.messages().slice(-3)).toEqual([
      'Work in flight is not finished after 150 ms; aborting it.',
      'Two records may be there twice.',
      'Graceful shutdown timed out after 200 ms; exiting.',
    ]);
  });

  test('what does not end by itself is aborted in the last quarter, which is logged, and exits 1', async () => {
    const tiny = await startedTiny({ SLUICE_BEHAVIOUR: 'stop-yields', SLUICE_STOP_DEADLINE_MS: '800' });
    tiny.kill('SIGTERM');
    expect(await tiny.ended).toBe(1);
    expect(tiny.messages().slice(-4)).toEqual([
      'Work in flight is not finished after 600 ms; aborting it.',
      'Two records may be there twice.',
      'drained',
      'stopped',
    ]);
  });

  test('one that fails exits 1, with the error', async () => {
    const tiny = await startedTiny({ SLUICE_BEHAVIOUR: 'stop-fails' });
    tiny.kill('SIGTERM');
    expect(await tiny.ended).toBe(1);
    expect(tiny.lines().at(-1)).toMatchObject({ level: 'fatal', msg: 'The last commit failed.' });
  });
});

describe('tracing', () => {
  let collector: OtlpReceiver | undefined;

  afterEach(async () => {
    await collector?.close();
    collector = undefined;
  });

  test('is nothing that is loaded, unless it is configured', async () => {
    const plain = await startedTiny();
    plain.tell('trace');
    // This one comes with prom-client: interfaces, and nothing behind them.
    expect(await plain.loaded()).toEqual(['api']);
    const traced = await startedTiny({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' });
    expect(await traced.loaded()).toEqual(expect.arrayContaining(['sdk-trace', 'exporter-trace-otlp-proto']));
  });

  test('sends at the stop what has ended', async () => {
    collector = await startOtlpReceiver();
    const tiny = await startedTiny({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
    tiny.tell('trace');
    tiny.tell('drained');
    tiny.kill('SIGTERM');
    expect(await tiny.ended).toBe(0);
    expect(collector.spans).toMatchObject([{ service: 'sluice-tiny', name: 'tiny' }]);
  });

  test.each(['refuse', 'hang'] as const)(
    'to a collector that does %s the service stops in time, and exits 0',
    async (answer) => {
      collector = await startOtlpReceiver();
      collector.answer = answer;
      const tiny = await startedTiny({
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
        SLUICE_STOP_DEADLINE_MS: '2000',
      });
      tiny.tell('trace');
      tiny.tell('drained');
      tiny.kill('SIGTERM');
      expect(await tiny.ended).toBe(0);
      expect(tiny.messages().at(-1)).toBe('stopped');
      expect(collector.requests).toHaveLength(1);
    },
  );

  test('where nobody listens is told once', async () => {
    const tiny = await startedTiny({
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1',
      OTEL_EXPORTER_OTLP_TIMEOUT: '100',
    });
    tiny.tell('trace');
    const warnings = () => tiny.lines().filter(({ level }) => level === 'warn');
    await until('it warns', () => warnings().length > 0);
    expect(warnings().map(({ msg }) => msg)).toEqual([
      expect.stringMatching(/^The collector at http:\/\/127\.0\.0\.1:1 accepts no spans \(.*ECONNREFUSED/),
    ]);
  });

  test('that cannot be set up is told next to the other settings, with 78', async () => {
    const tiny = startTiny({ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector', SLUICE_OPS_PORT: 'x' });
    expect(await tiny.ended).toBe(78);
    expect(tiny.output.stderr.split('\n').filter(Boolean)).toEqual([
      expect.stringContaining('SLUICE_OPS_PORT: ') as string,
      'OTEL_EXPORTER_OTLP_ENDPOINT must be a URL such as http://collector:4318.',
    ]);
  });
});

describe('what ends it', () => {
  test('settings that cannot be used: every one is told, and it exits 78', async () => {
    const tiny = startTiny({ SLUICE_OPS_PORT: 'x', SLUICE_BEHAVIOUR: 'odd', SLUICE_LOG_LEVLE: 'info' });
    expect(await tiny.ended).toBe(78);
    expect(tiny.output.stderr.split('\n').filter(Boolean)).toEqual([
      expect.stringContaining('SLUICE_LOG_LEVLE is not a setting') as string,
      expect.stringContaining('SLUICE_OPS_PORT: ') as string,
      expect.stringContaining('SLUICE_BEHAVIOUR: ') as string,
    ]);
    expect(tiny.output.stdout).toBe('');
  });

  test('a port for operators that is taken: a message, and exit code 1', async () => {
    const other = createServer().listen(0);
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const tiny = startTiny({ SLUICE_OPS_PORT: String(port) });
    expect(await tiny.ended).toBe(1);
    expect(tiny.lines().at(-1)).toMatchObject({
      level: 'fatal',
      msg: `Port ${port} for /livez, /readyz and /metrics cannot be used: set SLUICE_OPS_PORT to a free one.`,
    });
    other.close();
  });

  test('a start that throws: its message, and 1', async () => {
    const tiny = startTiny({ SLUICE_BEHAVIOUR: 'fails-at-start' });
    expect(await tiny.ended).toBe(1);
    expect(tiny.messages().at(-1)).toBe('The topic is missing: create it first.');
  });

  test('a failure later on: its message, and 1', async () => {
    const tiny = await startedTiny();
    tiny.tell('fail');
    expect(await tiny.ended).toBe(1);
    expect(tiny.messages().at(-1)).toBe('The consumer is dead.');
  });
});

test('an event loop that stands still ends the process, which says so', async () => {
  const tiny = await startedTiny({ SLUICE_LOOP_STUCK_MS: '400' });
  tiny.tell('hang');
  expect(await tiny.ended).toBe('SIGKILL');
  expect(tiny.lines().at(-1)).toMatchObject({
    level: 'fatal',
    service: 'tiny',
    msg: 'The event loop has been blocked for 400 ms: the process is stuck and exits.',
  });
});

test('without a terminal every line of the log is JSON, with a time and the service', async () => {
  const tiny = await startedTiny();
  expect(tiny.lines()).toEqual([
    expect.objectContaining({ level: 'info', service: 'tiny', msg: 'starting' }),
    expect.objectContaining({ level: 'info', service: 'tiny', msg: 'started' }),
  ]);
  expect(Date.parse((tiny.lines()[0] as unknown as { time: string }).time)).toBeGreaterThan(0);
});
