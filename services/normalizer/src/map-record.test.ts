import type { ConsumedRecord } from '@sluice/kafka/consumer';
import { ourOwn, writeRawHeaders, type RawHeaders } from '@sluice/raw-event/raw-headers';
import { storedTopics } from '@sluice/schemas/topics';
import { loadMappings } from '@sluice/vendor-kit/vendor';
import { vendors } from '@sluice/vendors';
import { rawHeadersOf, sourceOf } from '@sluice/vendors/testing/golden-source';
import { createRecordMapper, fitsTopic, outcomeOf, rejectsOf, type MappedRecord } from './map-record.ts';

/** Two of the list: the second one sends JSON batches. */
const [first = '', json = ''] = Object.keys(vendors);
const golden = `${json}-golden`;
const schemaIds = new Map(storedTopics.map((topic) => [topic, 1]));
let map: (record: ConsumedRecord) => MappedRecord;
beforeAll(async () => {
  const mappings = await loadMappings(vendors);
  map = createRecordMapper({ mappings, schemaIds, findSource: (id) => sources.get(id) });
});
const sources = new Map([[golden, sourceOf(json)]]);

function rawRecord(text: string, headers: RawHeaders | null = rawHeadersOf(json, 'msg')): ConsumedRecord {
  const written = Object.entries(headers ? writeRawHeaders(headers) : {});
  return {
    ...{ topic: `sluice.raw.${json}`, partition: 0, offset: '5', key: null, timestampMs: 0 },
    value: Buffer.from(text),
    headers: Object.fromEntries(written.map(([name, value]) => [name, Buffer.from(value)])),
  };
}

const ended = (mapped: MappedRecord): unknown[] => [
  outcomeOf(mapped),
  mapped.events.map(({ topic }) => topic),
  rejectsOf(mapped).map(({ reason }) => reason),
];

test.each([
  ['a message', rawRecord('{"content":[{"cid":"1"}]}'), 'normalized', ['message.v1'], []],
  ['nothing', rawRecord('{"content":[]}'), 'ignored', [], []],
  ['no JSON', rawRecord('['), 'dead-lettered', [], ['NOT_JSON']],
  ['no headers of ingress', rawRecord('{}', null), 'dead-lettered', [], ['UNKNOWN_SOURCE']],
  ['a source that is not listed', rawRecord('{}', { ...rawHeadersOf(json, 'msg'), sourceId: 'x' }), 'dead-lettered', [], ['UNKNOWN_SOURCE']], // prettier-ignore
  ['a source of another vendor', rawRecord('{}', { ...rawHeadersOf(first, 'msg'), sourceId: golden }), 'dead-lettered', [], ['UNKNOWN_SOURCE']], // prettier-ignore
])('%s', (_name, record, outcome, topics, reasons) => {
  expect(ended(map(record))).toEqual([outcome, topics, reasons]);
});

test('a heartbeat is an event of its own topic, without a source', () => {
  const mapped = map(rawRecord('{"ingress":"a-pod","beat":1}', rawHeadersOf(ourOwn, '')));
  expect(mapped.events.map(({ topic }) => topic)).toEqual(['heartbeat.v1']);
});

test('mapping tells what no vendor page lists', () => {
  expect(map(rawRecord('{"content":[{"cid":"1"}]}', rawHeadersOf(json, 'new-type'))).unknown).toEqual([
    'data-type',
  ]);
});

test('a payload with events that do not fit their topic is kept once, and its other events continue', () => {
  const mapped = map(rawRecord('{"content":[{"cid":"1"},{"cid":"2"},{"cid":"3"}]}'));
  const [first, second, third] = mapped.events;
  const large = Buffer.alloc(32 * 1024 * 1024);
  const events = [{ ...first!, value: large }, { ...second!, value: large }, third!];
  expect(events.map((event) => fitsTopic(event, mapped))).toEqual([false, false, true]);
  const raised = { limits: new Map(events.map(({ topic }) => [topic, 64 * 1024 * 1024])) };
  expect(events.map((event) => fitsTopic(event, raised))).toEqual([true, true, true]);
  // Kafka decides where a topic takes less.
  expect(fitsTopic(third!, { limits: new Map([[third!.topic, 1]]) })).toBe(true);
  const rejects = rejectsOf({ ...mapped, events });
  expect(rejects.map(({ reason, payload }) => [reason, payload])).toEqual([
    ['TOO_LARGE', mapped.record.value],
  ]);
});
