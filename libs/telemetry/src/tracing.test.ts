import { startOtlpReceiver, type OtlpReceiver } from '../testing/otlp-receiver.ts';
import { readTracingSettings } from './tracing-settings.ts';
import { startTracing, type SpanStart, type Tracing } from './tracing.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const parentId = 'b7ad6b7169203331';
const sampled = `00-${traceId}-${parentId}-01`;

let collector: OtlpReceiver;
const told: string[] = [];
const before = { ...process.env };

beforeEach(async () => {
  collector = await startOtlpReceiver();
  process.env.OTEL_EXPORTER_OTLP_ENDPOINT = collector.url;
});
afterEach(async () => {
  await collector.close();
  process.env = { ...before };
  told.length = 0;
});

/** Traces by the environment, as a service does. */
async function start(): Promise<Tracing> {
  const { settings } = readTracingSettings(process.env);
  const tracing = await startTracing('test', settings, (level, message) => told.push(`${level}: ${message}`));
  if (!tracing) throw new Error('It is not configured.');
  return tracing;
}

const startOf = (parent?: string, attributes: SpanStart['attributes'] = {}): SpanStart => ({
  kind: 'consumer',
  parent,
  attributes,
});

test('not configured there is nothing', async () => {
  expect(await startTracing('test', null, () => undefined)).toBeNull();
});

test('a span reaches the collector with its parent, and what continues names the span', async () => {
  process.env.OTEL_EXPORTER_OTLP_HEADERS = 'x-key=hush';
  process.env.OTEL_RESOURCE_ATTRIBUTES = 'deployment.environment.name=trial';
  const tracing = await start();
  const span = tracing.begin(
    'normalize',
    startOf(sampled, { offset: 7, reasons: ['A', 'B'], nothing: undefined }),
  );
  span.set({ outcome: 'normalized' });
  span.end({ events: 2 });
  // From here on nothing reaches it.
  span.set({ outcome: 'other' });
  span.end({ events: 3 });
  span.fail('late');
  await tracing.close(5_000);

  expect(collector.spans).toHaveLength(1);
  const [received] = collector.spans;
  expect(span.traceparent).toBe(`00-${traceId}-${received?.spanId ?? ''}-01`);
  expect(received).toMatchObject({
    service: 'sluice-test',
    name: 'normalize',
    kind: 'consumer',
    traceId,
    parentId,
    failed: false,
  });
  expect(received?.attributes).toEqual({
    offset: 7,
    reasons: ['A', 'B'],
    outcome: 'normalized',
    events: 2,
  });
  expect(received?.resource).toMatchObject({
    'service.name': 'sluice-test',
    'service.version': expect.any(String) as string,
    'deployment.environment.name': 'trial',
  });
  expect(collector.requests[0]?.['x-key']).toBe('hush');
  expect(told).toEqual([]);
});

test('the environment names the service otherwise', async () => {
  process.env.OTEL_SERVICE_NAME = 'gateway';
  const tracing = await start();
  tracing.begin('normalize', startOf()).end();
  await tracing.close(5_000);
  expect(collector.spans).toMatchObject([{ service: 'gateway' }]);
});

test.each([undefined, '', 'nonsense', `00-${'0'.repeat(32)}-${parentId}-01`])(
  'after %j a trace of its own begins',
  async (parent) => {
    const tracing = await start();
    const span = tracing.begin('push', { ...startOf(parent), kind: 'server' });
    span.end();
    await tracing.close(5_000);
    expect(span.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    expect(collector.spans).toMatchObject([{ kind: 'server', parentId: '' }]);
    expect(span.traceparent).toContain(collector.spans[0]?.traceId);
  },
);

test('what was thrown is told by its name or code, never by its words', async () => {
  const tracing = await start();
  const thrown = Object.assign(new Error('cannot parse "13800138000"'), { code: 'CANNOT_PARSE' });
  tracing.begin('write', startOf(sampled)).fail(thrown, { outcome: 'failed' });
  tracing.begin('write', startOf(sampled)).fail(new TypeError('13800138000'));
  tracing.begin('write', startOf(sampled)).fail('503');
  await tracing.close(5_000);
  expect(collector.spans.map(({ failed, attributes }) => ({ failed, attributes }))).toEqual([
    { failed: true, attributes: { outcome: 'failed', 'error.type': 'CANNOT_PARSE' } },
    { failed: true, attributes: { 'error.type': 'TypeError' } },
    { failed: true, attributes: { 'error.type': '503' } },
  ]);
  expect(JSON.stringify(collector.spans)).not.toContain('13800138000');
});

test('a long text is cut', async () => {
  const tracing = await start();
  tracing.begin('push', startOf(sampled, { type: 'x'.repeat(1_000) })).end();
  await tracing.close(5_000);
  expect(String(collector.spans[0]?.attributes.type)).toHaveLength(256);
});

describe('sampling', () => {
  test('follows the parent, both ways', async () => {
    process.env.OTEL_TRACES_SAMPLER = 'parentbased_traceidratio';
    process.env.OTEL_TRACES_SAMPLER_ARG = '0';
    const tracing = await start();
    expect(tracing.begin('a', startOf(sampled)).traceparent.slice(-2)).toBe('01');
    expect(tracing.begin('b', startOf(`00-${traceId}-${parentId}-00`)).traceparent.slice(-2)).toBe('00');
    expect(tracing.begin('c', startOf()).traceparent.slice(-2)).toBe('00');
    await tracing.close(5_000);
  });

  test('takes a share of new traces', async () => {
    process.env.OTEL_TRACES_SAMPLER = 'parentbased_traceidratio';
    process.env.OTEL_TRACES_SAMPLER_ARG = '0.25';
    const tracing = await start();
    for (let count = 0; count < 2_000; count += 1) tracing.begin('push', startOf()).end();
    await tracing.close(5_000);
    expect(collector.spans.length).toBeGreaterThan(350);
    expect(collector.spans.length).toBeLessThan(650);
  });
});

test('more than may wait is dropped', async () => {
  const tracing = await start();
  for (let count = 0; count < 20_000; count += 1) tracing.begin('push', startOf()).end();
  await tracing.close(10_000);
  // What waited, and what was on its way.
  expect(collector.spans.length).toBeGreaterThanOrEqual(10_000);
  expect(collector.spans.length).toBeLessThan(11_000);
}, 15_000);

describe('a collector that is unavailable', () => {
  test('is logged once, and gets what ends once it is back', async () => {
    collector.answer = 'refuse';
    const tracing = await start();
    const ending = setInterval(() => tracing.begin('push', startOf()).end(), 20);
    try {
      await until('three exports', () => collector.requests.length >= 3);
      expect(told).toEqual([
        expect.stringMatching(/^warn: The collector at http:\/\/127\.0\.0\.1:\d+ accepts no spans \(.+\)/),
      ]);
      collector.answer = 'take';
      await until('it gets spans', () => collector.spans.length > 0);
      expect(told).toHaveLength(1);
    } finally {
      clearInterval(ending);
      await tracing.close(5_000);
    }
  }, 20_000);

  test('does not hold the end up for longer than it may', async () => {
    collector.answer = 'hang';
    process.env.OTEL_EXPORTER_OTLP_TIMEOUT = '900';
    const tracing = await start();
    tracing.begin('push', startOf()).end();
    const startedAt = performance.now();
    await tracing.close(200);
    expect(performance.now() - startedAt).toBeLessThan(700);
  });
});

async function until(what: string, holds: () => boolean): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`Not within 10 s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
