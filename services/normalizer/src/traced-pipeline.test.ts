import type { ConsumedRecord } from '@sluice/kafka/consumer';
import { createFakePublisher } from '@sluice/kafka/testing/fake-publisher';
import { writeRawHeaders } from '@sluice/raw-event/raw-headers';
import { storedTopics } from '@sluice/schemas/topics';
import { recordSpans } from '@sluice/stream/record-spans';
import type { Tracing } from '@sluice/telemetry/tracing';
import { traced } from '@sluice/telemetry/testing/traced';
import { createPipeline } from './pipeline.ts';
import { rawHeadersOf, sourceOf } from '@sluice/vendors/testing/golden-source';
import { loadMappings, type Mappings } from '@sluice/vendor-kit/vendor';
import { vendors } from '@sluice/vendors';

/** Any that sends batches of JSON: the second of the list. */
const [, vendor = ''] = Object.keys(vendors);
let mappings: Mappings;
beforeAll(async () => {
  mappings = await loadMappings(vendors);
});

const traceId = '0af7651916cd43dd8448eb211c80319c';
const parentId = 'b7ad6b7169203331';
const traceparent = `00-${traceId}-${parentId}-01`;

function rawRecord(text: string): ConsumedRecord {
  const headers = { ...rawHeadersOf(vendor, 'msg'), requestId: 'a-request', traceparent };
  return {
    topic: `sluice.raw.${vendor}`,
    partition: 1,
    offset: '5',
    key: null,
    value: Buffer.from(text),
    headers: Object.fromEntries(
      Object.entries(writeRawHeaders(headers)).map(([name, value]) => [name, Buffer.from(value)]),
    ),
    timestampMs: 0,
  };
}

const messages = rawRecord(
  '{"type":"msg","content":[{"cid":"1","msg_id":"1","t":"1700000000000"},{"cid":"1","msg_id":"2"}]}',
);

function pipeline(tracing: Tracing | null) {
  const publisher = createFakePublisher();
  const handle = createPipeline({
    mappings,
    stream: 'sluice',
    findSource: () => sourceOf(vendor),
    publisher,
    schemaIds: new Map(storedTopics.map((topic) => [topic, 1])),
    writeDeadLetter: () => Promise.resolve(),
    rejectLimit: { check: () => undefined },
    beginSpans: recordSpans(tracing, 'normalize', 'sluice.normalizer'),
    on: {},
  });
  const contexts = () => publisher.records.map(({ headers }) => headers.traceparent);
  return { publisher, handle, contexts };
}

test('a raw record is a span below its push, and its events continue with it', async () => {
  const { tracing, finish } = await traced();
  const { handle, contexts } = pipeline(tracing);
  await handle([messages]);
  const [span] = await finish();
  expect(span).toMatchObject({ name: 'normalize', kind: 'consumer', traceId, parentId, failed: false });
  expect(span?.attributes).toEqual({
    'messaging.system': 'kafka',
    'messaging.operation.name': 'normalize',
    'messaging.operation.type': 'process',
    'messaging.consumer.group.name': 'sluice.normalizer',
    'messaging.destination.name': `sluice.raw.${vendor}`,
    'messaging.destination.partition.id': '1',
    'messaging.kafka.offset': 5,
    'messaging.message.id': 'a-request',
    'sluice.source': `${vendor}-golden`,
    'sluice.vendor': vendor,
    'sluice.data_type': 'msg',
    'sluice.outcome': 'normalized',
    'sluice.events': 2,
  });
  const context = `00-${traceId}-${span?.spanId ?? ''}-01`;
  expect(contexts()).toEqual([context, context]);
});

test('a dead letter tells its reason', async () => {
  const { tracing, finish } = await traced();
  await pipeline(tracing).handle([rawRecord('not json')]);
  expect(await finish()).toMatchObject([
    {
      failed: false,
      attributes: { 'sluice.outcome': 'dead-lettered', 'sluice.dead_letter.reason': 'NOT_JSON' },
    },
  ]);
});

test('while Kafka is unavailable each attempt is a failed span', async () => {
  const { tracing, finish } = await traced();
  const { handle, publisher } = pipeline(tracing);
  publisher.answerWith('unavailable');
  await expect(handle([messages])).rejects.toThrow('Kafka did not accept an event');
  publisher.answerWith(undefined);
  await handle([messages]);
  expect((await finish()).map(({ failed }) => failed)).toEqual([true, false]);
});

test('where nothing is traced events carry what the raw record carries', async () => {
  const { handle, contexts } = pipeline(null);
  await handle([messages]);
  expect(contexts()).toEqual([traceparent, traceparent]);
});
