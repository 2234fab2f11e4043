import { createFakeStore } from '../testing/fake-store.ts';
import type { ConsumedRecord } from '@sluice/kafka/consumer';
import type { Decoded, EventHandlerParts } from './handle-events.ts';
import { createEventHandler } from './handle-events.ts';
import { createRejectLimit } from '@sluice/stream/reject-limit';
import { createBatcher } from './batcher.ts';
import { sampleEvent } from '../testing/sample-items.ts';

const record = (value: string, offset = 0): ConsumedRecord => ({
  topic: 'sluice.rating.v1',
  partition: 0,
  offset: `${offset}`,
  key: null,
  value: Buffer.from(value),
  headers: {},
  timestampMs: 0,
});

function decoded({ value }: ConsumedRecord): Decoded {
  const text = value?.toString() ?? '';
  if (text === 'no avro') return { ok: false, reason: 'NOT_AVRO', detail: 'magic byte' };
  return { ok: true, topic: 'rating.v1', event: sampleEvent('rating.v1', { event_id: text }) };
}

/** A sink whose records hold an event id, `refused:` before those that the store refuses, or `no avro`. */
function sink(changes: Partial<EventHandlerParts> = {}) {
  const store = createFakeStore({ refuse: ({ id }) => (id.startsWith('refused') ? 'too odd' : undefined) });
  const batcher = createBatcher(store, { maxItems: 1, maxBytes: 1000, lingerMs: 1, maxConcurrentWrites: 1 });
  const deadLetters: string[] = [];
  const counted: string[] = [];
  const handle = createEventHandler({
    batcher,
    rejectLimit: createRejectLimit(3),
    beginSpans: null,
    decode: (records) => Promise.resolve(records.map(decoded)),
    deadLetter: ({ value }, reason, detail) => {
      deadLetters.push(`${value?.toString() ?? ''}: ${reason}, ${detail}`);
      return Promise.resolve();
    },
    count: (outcome, topic, records) => counted.push(`${records} ${outcome} ${topic}`),
    ...changes,
  });
  return { handle, store, deadLetters, counted };
}

test('a row of rejects that is too long is told before any of them is a dead letter', async () => {
  const { handle, deadLetters, counted } = sink();
  const row = Array.from({ length: 4 }, () => record('no avro'));
  await expect(handle(row)).rejects.toThrow('More than 3 consecutive records of');
  expect([deadLetters, counted]).toEqual([[], []]);
});

test('a chunk that failed before is written apart from the others', async () => {
  const companies: (string | undefined)[] = [];
  const { handle } = sink({
    batcher: {
      add(items, company) {
        companies.push(company);
        return Promise.resolve(items.map(({ id }) => ({ id, outcome: 'written' })));
      },
    },
  });
  for (const attempt of [1, 2, 3]) await handle([record('a')], attempt);
  expect(companies).toEqual(['others', 'none', 'none']);
});

test('every record ends as written or as a dead letter, and is counted once', async () => {
  const { handle, store, deadLetters, counted } = sink();
  await handle(['a', 'no avro', 'refused:1', 'b'].map(record));
  expect(store.read('rating.v1', 'a')).toBeDefined();
  expect(store.read('rating.v1', 'b')).toBeDefined();
  expect(deadLetters).toEqual(['no avro: NOT_AVRO, magic byte', 'refused:1: REFUSED_BY_STORE, too odd']);
  expect(counted).toEqual(['2 written sluice.rating.v1', '2 dead-lettered sluice.rating.v1']);
});

test('an event is stored with the id, version and size of its record', async () => {
  const added: unknown[] = [];
  const { handle } = sink({
    batcher: {
      add: (items) => {
        added.push(...items.map(({ id, topic, version, bytes }) => ({ id, topic, version, bytes })));
        return Promise.resolve(items.map(({ id }) => ({ id, outcome: 'stale' })));
      },
    },
  });
  await handle([record('abc')]);
  const received = sampleEvent('rating.v1').meta;
  expect(added).toEqual([
    {
      id: 'abc',
      topic: 'rating.v1',
      version: received.received_at * 1000 + received.mapping_version,
      bytes: 3,
    },
  ]);
});

test('a store that is unavailable rejects the chunk: nothing is counted and nothing becomes a dead letter', async () => {
  const { handle, store, deadLetters, counted } = sink();
  store.failWith(new Error('away'));
  await expect(handle(['no avro', 'a'].map(record))).rejects.toThrow('away');
  expect([...deadLetters, ...counted]).toEqual([]);
  store.failWith(undefined);
  await handle(['no avro', 'a'].map(record));
  expect(counted).toEqual(['1 dead-lettered sluice.rating.v1', '1 written sluice.rating.v1']);
});

test.each([
  ['a registry', { decode: () => Promise.reject(new Error('away')) }],
  ['a dead-letter topic', { deadLetter: () => Promise.reject(new Error('away')) }],
])('%s that is unavailable rejects the chunk', async (_, changes) => {
  const { handle, counted } = sink(changes);
  await expect(handle([record('no avro')])).rejects.toThrow('away');
  expect(counted).toEqual([]);
});

test('an empty chunk is done', async () => {
  await sink().handle([]);
});

test('what a rebuild has settled is not read, and counts as stale once, when its chunk has ended', async () => {
  const { handle, store, counted } = sink({ isSettled: ({ offset }) => offset !== '2' });
  const chunk = [record('settled', 0), record('no avro', 1), record('wanted', 2)];
  store.failWith(new Error('away'));
  await expect(handle(chunk)).rejects.toThrow('away');
  expect(counted).toEqual([]);
  store.failWith(undefined);
  await handle(chunk);
  expect(store.read('rating.v1', 'settled')).toBeUndefined();
  expect(store.read('rating.v1', 'wanted')).toBeDefined();
  expect(counted).toEqual(['1 written sluice.rating.v1', '2 stale sluice.rating.v1']);
});

test('chunks wait while others have as much decoded as there is room for', async () => {
  const begun: string[] = [];
  const { handle } = sink({
    room: { records: 1, bytes: 1_000, topicShare: 1 },
    decode: async (records) => {
      begun.push(...records.map(({ value }) => value?.toString() ?? ''));
      await new Promise(setImmediate);
      return records.map(() => ({ ok: false, reason: 'NOT_AVRO', detail: '' }));
    },
  });
  const both = [handle([record('first')]), handle([record('second')])];
  await new Promise(setImmediate);
  expect(begun).toEqual(['first']);
  await Promise.all(both);
  expect(begun).toEqual(['first', 'second']);
});
