import type { ConsumedRecord } from '@sluice/kafka/consumer';
import { createRejectLimit } from '@sluice/stream/reject-limit';
import { recordSpans, traceDeadLetter } from '@sluice/stream/record-spans';
import { traced } from '@sluice/telemetry/testing/traced';
import { createBatcher } from './batcher.ts';
import { createFakeStore } from '../testing/fake-store.ts';
import { createEventHandler, type Decoded } from './handle-events.ts';
import { sampleEvent } from '../testing/sample-items.ts';
import type { Store } from './store.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const parentId = 'b7ad6b7169203331';

/** @param value an event id, `no avro` for what is no event */
const record = (value: string, traceparent = `00-${traceId}-${parentId}-01`): ConsumedRecord => ({
  topic: 'sluice.rating.v1',
  partition: 2,
  offset: '17',
  key: null,
  value: Buffer.from(value),
  headers: { traceparent: Buffer.from(traceparent), ce_id: Buffer.from(value) },
  timestampMs: 0,
});

function decoded({ value }: ConsumedRecord): Decoded {
  const text = value?.toString() ?? '';
  if (text === 'no avro') return { ok: false, reason: 'NOT_AVRO', detail: 'magic byte' };
  return { ok: true, topic: 'rating.v1', event: sampleEvent('rating.v1', { event_id: text }) };
}

/** Handles chunks over a store, and returns the spans that came of it. */
async function spansOf(store: Pick<Store, 'write'>, ...chunks: ConsumedRecord[][]) {
  const { tracing, finish } = await traced();
  const handle = createEventHandler({
    batcher: createBatcher(store, { maxItems: 9, maxBytes: 1000, lingerMs: 1, maxConcurrentWrites: 1 }),
    rejectLimit: createRejectLimit(3),
    beginSpans: recordSpans(tracing, 'write clickhouse', 'sluice.sink-clickhouse'),
    decode: (records) => Promise.resolve(records.map(decoded)),
    deadLetter: () => Promise.resolve(),
    count: () => undefined,
  });
  for (const chunk of chunks) await handle(chunk).catch(() => undefined);
  return finish();
}

test('each event is a span below the one that its record names, and tells how it ended', async () => {
  const spans = await spansOf(createFakeStore({}), [record('a'), record('no avro')]);
  expect(spans).toMatchObject([
    { name: 'write clickhouse', kind: 'consumer', traceId, parentId, failed: false },
    {
      traceId,
      parentId,
      attributes: { 'sluice.outcome': 'dead-lettered', 'sluice.dead_letter.reason': 'NOT_AVRO' },
    },
  ]);
  expect(spans[0]?.attributes).toEqual({
    'messaging.system': 'kafka',
    'messaging.operation.name': 'write',
    'messaging.operation.type': 'process',
    'messaging.consumer.group.name': 'sluice.sink-clickhouse',
    'messaging.destination.name': 'sluice.rating.v1',
    'messaging.destination.partition.id': '2',
    'messaging.kafka.offset': 17,
    'messaging.message.id': 'a',
    'sluice.outcome': 'written',
  });
});

test('a record without a trace makes no span, one whose trace is not sampled is not sent', async () => {
  const notSampled = `00-${traceId}-${parentId}-00`;
  const spans = await spansOf(createFakeStore({}), [record('a', ''), record('b'), record('c', notSampled)]);
  expect(spans.map(({ attributes }) => attributes['messaging.message.id'])).toEqual(['b']);
});

test('while the store fails each attempt is a failed span', async () => {
  const store = createFakeStore({});
  let failures = 1;
  const failing: Pick<Store, 'write'> = {
    write: (items) =>
      failures-- > 0
        ? Promise.reject(Object.assign(new Error('13800138000'), { code: 'ECONNREFUSED' }))
        : store.write(items),
  };
  const chunk = [record('a'), record('b')];
  const spans = await spansOf(failing, chunk, chunk);
  expect(spans.map(({ failed, attributes }) => [failed, attributes['error.type']])).toEqual([
    [true, 'ECONNREFUSED'],
    [true, 'ECONNREFUSED'],
    [false, undefined],
    [false, undefined],
  ]);
  expect(JSON.stringify(spans)).not.toContain('13800138000');
});

test('a record that becomes a dead letter is a span with the reason', async () => {
  const { tracing, finish } = await traced();
  const kept: string[] = [];
  const deadLetter = traceDeadLetter(recordSpans(tracing, 'write clickhouse', 'g'), (_record, reason) => {
    kept.push(reason);
    return kept.length > 1 ? Promise.reject(new TypeError('away')) : Promise.resolve();
  });
  await deadLetter(record('a'), 'POISON_PILL', 'It died.');
  await expect(deadLetter(record('a'), 'POISON_PILL', 'It died.')).rejects.toThrow('away');
  expect(await finish()).toMatchObject([
    { failed: false, attributes: { 'sluice.dead_letter.reason': 'POISON_PILL' } },
    { failed: true, attributes: { 'error.type': 'TypeError' } },
  ]);
});

test('where nothing is traced nothing is wrapped', () => {
  const deadLetter = () => Promise.resolve();
  expect(recordSpans(null, 'write clickhouse', 'g')).toBeNull();
  expect(traceDeadLetter(null, deadLetter)).toBe(deadLetter);
});
