import { createDecoder, schemaOf } from '@sluice/canonical-event/avro-codec';
import type { ConsumedRecord } from '@sluice/kafka/consumer';
import { createFakePublisher } from '@sluice/kafka/testing/fake-publisher';
import { createDeadLetterWriter, deadLetterOf } from './dead-letters.ts';

const decode = createDecoder(() => Promise.resolve(schemaOf('dead-letter')));
const record: ConsumedRecord = {
  topic: 'sluice.raw.omega',
  partition: 3,
  offset: '42',
  key: Buffer.from([1, 0xff]),
  value: Buffer.from([0, 0xfe, 0x80]),
  headers: {
    'sluice-source': Buffer.from('shop-east'),
    'sluice-vendor': Buffer.from('omega'),
    'sluice-data-type': Buffer.from('msg'),
    'sluice-received-at': Buffer.from('1700000000000'),
    'sluice-payload-hash': Buffer.from('abc123'),
  },
  timestampMs: 1_600_000_000_000,
};
const deadLetter = deadLetterOf(record, 'NORMALIZER', 'NOT_JSON', 'It ends too soon.');

test('a dead letter holds the original bytes, and where they came from', async () => {
  const publisher = createFakePublisher();
  await createDeadLetterWriter(publisher, 'a_stream', 9)(deadLetter);
  expect(publisher.records).toMatchObject([
    {
      topic: 'a_stream.dead-letter',
      key: Buffer.from('abc123'),
      headers: { 'sluice-stage': 'NORMALIZER', 'sluice-reason': 'NOT_JSON' },
    },
  ]);
  expect(await decode('dead-letter', publisher.records[0]!.value)).toMatchObject({
    ok: true,
    value: {
      id: 'abc123',
      stage: 'NORMALIZER',
      reason: 'NOT_JSON',
      detail: 'It ends too soon.',
      payload: record.value,
      key: record.key,
      source_id: 'shop-east',
      vendor: 'UNKNOWN',
      data_type: 'msg',
      topic: 'sluice.raw.omega',
      partition: 3,
      offset: 42,
      first_seen: 1_700_000_000_000,
    },
  });
});

test.each(['queue-full', 'unavailable', 'timed-out', 'too-large'] as const)(
  'one that is %s is an exception: anybody who asked must not continue',
  async (outcome) => {
    const publisher = createFakePublisher();
    publisher.answerWith(outcome);
    await expect(createDeadLetterWriter(publisher, 'a_stream', 9)(deadLetter)).rejects.toThrow(
      `could not be written to a_stream.dead-letter (${outcome})`,
    );
  },
);

test('it resolves only when the record is durable', async () => {
  const publisher = createFakePublisher();
  publisher.hold();
  const order: string[] = [];
  const written = createDeadLetterWriter(
    publisher,
    'a_stream',
    9,
  )(deadLetter).then(() => order.push('written'));
  expect(publisher.inFlight().records).toBe(1);
  order.push('released');
  publisher.release();
  await written;
  expect(order).toEqual(['released', 'written']);
});

test('the letter of an event names the source that its headers name', () => {
  const headers = { ce_id: Buffer.from('i'), ce_source: Buffer.from('/sluice/omega/shop') };
  expect(deadLetterOf({ ...record, headers }, 'SINK_CLICKHOUSE', 'REFUSED_BY_STORE', '')).toMatchObject({
    id: 'i',
    vendor: 'UNKNOWN',
    source_id: 'shop',
  });
});

test.each([
  ['a canonical event', { ce_id: Buffer.from('an-event-id') }, 'an-event-id'],
  ['a record of unknown origin', {}, 'sluice.raw.omega/3/42'],
])('%s still has an id', (_name, headers, id) => {
  const found = deadLetterOf({ ...record, headers, value: null }, 'SINK_CLICKHOUSE', 'NOT_AVRO', '');
  expect(found).toMatchObject({
    id,
    payload: Buffer.alloc(0),
    vendor: 'UNKNOWN',
    first_seen: record.timestampMs,
  });
});
