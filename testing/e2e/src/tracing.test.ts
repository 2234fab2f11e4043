import { developmentVendors } from '@sluice/start/development-sources';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { waitUntil } from '@sluice/kafka/testing/wait-until';
import { serviceNames } from '@sluice/start/services';
import { sampleCurl } from '@sluice/start/sample-curl';
import {
  startOtlpReceiver,
  type OtlpReceiver,
  type ReceivedSpan,
} from '@sluice/telemetry/testing/otlp-receiver';
import { root, startSystem, type System } from './system.ts';

const callersTrace = '0af7651916cd43dd8448eb211c80319c';
const callersSpan = 'b7ad6b7169203331';

let collector: OtlpReceiver;
let system: System;
beforeAll(async () => {
  collector = await startOtlpReceiver();
  system = await startSystem(undefined, () => ({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url }));
}, 120_000);
afterAll(async () => {
  await system.close();
}, 60_000);

/** Pushes the sample of `npm start`, which becomes one event. */
async function push(headers: Record<string, string> = {}): Promise<void> {
  const [, url = '', body = ''] =
    /'(http[^']+)' -d '([^']+)'/.exec(await sampleCurl(system.ingressUrl, Date.now())) ?? [];
  const answer = await fetch(url, { method: 'POST', body, headers });
  expect([answer.status, await answer.text()]).toEqual([200, 'success']);
}

const spanOf = (trace: string, name: string): ReceivedSpan | undefined =>
  collector.spans.find((span) => span.traceId === trace && span.name === name);

test("one push is one trace from the caller's span through Kafka to both stores", async () => {
  await push({ traceparent: `00-${callersTrace}-${callersSpan}-01` });
  const names = [`push ${developmentVendors.first}`, 'normalize', 'write clickhouse', 'write elasticsearch'];
  await waitUntil(
    'all spans arrive',
    () => names.every((name) => spanOf(callersTrace, name) !== undefined),
    30_000,
  );

  const [pushed, normalized, ...written] = names.map((name) => spanOf(callersTrace, name));
  expect(pushed).toMatchObject({ service: 'sluice-ingress', kind: 'server', parentId: callersSpan });
  expect(normalized).toMatchObject({
    service: 'sluice-normalizer',
    kind: 'consumer',
    parentId: pushed?.spanId,
    attributes: {
      'sluice.events': 1,
      'messaging.destination.name': `${system.stream}.raw.${developmentVendors.first}`,
    },
  });
  expect(written).toMatchObject([
    { service: 'sluice-sink-clickhouse', kind: 'consumer', parentId: normalized?.spanId },
    { service: 'sluice-sink-elasticsearch', kind: 'consumer', parentId: normalized?.spanId },
  ]);
  const outcomes = [pushed, normalized, ...written].map((span) => span?.attributes['sluice.outcome']);
  expect(outcomes).toEqual(['published', 'normalized', 'written', 'written']);
  expect(written[0]?.attributes['messaging.message.id']).toBe(written[1]?.attributes['messaging.message.id']);
  // And no other: clients that know OpenTelemetry make no spans of their own.
  const all = collector.spans.filter(({ traceId }) => traceId === callersTrace).map(({ name }) => name);
  expect(new Set(all)).toEqual(new Set(names));
}, 60_000);

test('what the caller does not want to be sampled is not, and heartbeats are not', async () => {
  const hidden = 'ffffffffffffffffffffffffffffffff';
  await push({ traceparent: `00-${hidden}-${callersSpan}-00` });
  await push();
  const isNew = ({ name, traceId }: ReceivedSpan) => name === 'write clickhouse' && traceId !== callersTrace;
  await waitUntil('the other push arrives', () => collector.spans.some(isNew), 30_000);
  expect(collector.spans.filter(({ traceId }) => traceId === hidden)).toEqual([]);
  const topics = collector.spans.map(({ attributes }) => String(attributes['messaging.destination.name']));
  expect(topics.filter((topic) => topic.includes('heartbeat'))).toEqual([]);
}, 60_000);

test('docs/operations/tracing.md names every attribute and every span', () => {
  const page = readFileSync(join(root, 'docs/operations/tracing.md'), 'utf8');
  const names = new Set(
    collector.spans.flatMap(({ name, attributes }) => [name, ...Object.keys(attributes)]),
  );
  expect([...names].filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
});

test('a collector that goes away changes nothing: pushes are taken and stored, and the stop is in order', async () => {
  await collector.close();
  const count = async (): Promise<number> => {
    const query = `SELECT count() FROM ${system.stream}.rating_latest`;
    const answer = await fetch(`${system.endpoints.clickhouseUrl}/`, { method: 'POST', body: query });
    return Number(await answer.text());
  };
  const before = await count();
  await push();
  await waitUntil('it is stored', async () => (await count()) > before, 30_000);
  for (const name of serviceNames) {
    const startedAt = performance.now();
    expect([name, await system.stop(name)]).toEqual([name, 0]);
    // The deadline is 25 s; a collector costs a tenth of it at most.
    expect(performance.now() - startedAt).toBeLessThan(10_000);
  }
}, 120_000);
