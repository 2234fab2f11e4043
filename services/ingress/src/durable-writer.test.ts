import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFakePublisher } from '@sluice/kafka/testing/fake-publisher';
import type { OutgoingRecord } from '@sluice/kafka/publisher';
import { createCircuitBreaker } from './circuit-breaker.ts';
import { createDurableWriter, type DurableWriterParts } from './durable-writer.ts';
import { diskFiles } from './spool/disk-files.ts';
import type { SpoolFiles } from './spool/spool-files.ts';
import { defaultSpoolLimits, openSpool, type Spool } from './spool/spool.ts';

const folder = mkdtempSync(join(tmpdir(), 'sluice-writer-'));
let spools = 0;
const opened: Spool[] = [];
afterEach(async () => {
  for (const spool of opened.splice(0)) await spool.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function newSpool(maxBytes = defaultSpoolLimits.maxBytes): Promise<Spool> {
  const found = await openSpool({
    folder: join(folder, String((spools += 1))),
    limits: { ...defaultSpoolLimits, maxBytes },
  });
  if (found.outcome === 'refused') throw new Error(found.reason);
  opened.push(found.spool);
  return found.spool;
}

function setUp(change: Partial<DurableWriterParts> = {}) {
  const publisher = createFakePublisher();
  const breaker = createCircuitBreaker(2);
  const told: string[] = [];
  const writer = createDurableWriter({
    publisher,
    breaker,
    spool: null,
    prepare: (record) => Promise.resolve(record),
    insteadOf: () => Promise.resolve(null),
    on: {
      spooled: (outcome) => told.push(outcome),
      tooLarge: () => told.push('too large'),
      problem: (message) => told.push(message),
    },
    ...change,
  });
  return { publisher, breaker, writer, told };
}

const record = (value: string): OutgoingRecord => ({
  topic: 'raw',
  key: Buffer.from('k'),
  value: Buffer.from(value),
  headers: { name: 'h' },
});

test('what Kafka takes never touches the disk', async () => {
  const spool = await newSpool();
  const { writer, publisher } = setUp({ spool });
  expect(await writer.write(record('a'))).toBe('published');
  expect(publisher.records).toEqual([record('a')]);
  expect(spool.state().records).toBe(0);
});

test('what Kafka does not take is spooled, and soon without asking Kafka first', async () => {
  const spool = await newSpool();
  const { writer, publisher, breaker } = setUp({ spool });
  publisher.answerWith('timed-out');
  for (const value of ['a', 'b', 'c']) expect(await writer.write(record(value))).toBe('spooled');
  expect(breaker.isOpen('raw')).toBe(true);
  // Kafka would take it now; nobody asks with a push.
  publisher.answerWith(undefined);
  expect(await writer.write(record('d'))).toBe('spooled');
  expect(publisher.records).toEqual([]);
});

test('what is spooled is published in order when Kafka is back, and pushes go to Kafka again', async () => {
  const spool = await newSpool();
  const { writer, publisher, breaker } = setUp({ spool });
  publisher.answerWith('unavailable');
  for (const value of ['a', 'b', 'c']) await writer.write(record(value));
  await writer.drain();
  expect(spool.state().records).toBe(3);
  publisher.answerWith(undefined);
  await writer.drain();
  expect(publisher.records.map(({ value }) => value.toString())).toEqual(['a', 'b', 'c']);
  expect([spool.state().records, breaker.isOpen('raw')]).toEqual([0, false]);
  expect(await writer.write(record('d'))).toBe('published');
});

test('without a spool, or with a full one, nothing is taken that Kafka does not take', async () => {
  for (const spool of [null, await newSpool(1)]) {
    const { writer, publisher } = setUp({ spool });
    publisher.answerWith('unavailable');
    expect(await writer.write(record('a'))).toBe('unavailable');
  }
});

test('an open circuit closes without a spooled record, too, once a broker answers', async () => {
  const { writer, publisher, breaker } = setUp();
  publisher.answerWith('timed-out');
  for (const value of ['a', 'b']) await writer.write(record(value));
  await writer.drain();
  expect(breaker.isOpen('raw')).toBe(true);
  publisher.answerWith(undefined);
  await writer.drain();
  expect(breaker.isOpen('raw')).toBe(false);
});

test('too many at once say nothing of Kafka', async () => {
  const { writer, publisher, breaker } = setUp({ spool: await newSpool() });
  publisher.answerWith('queue-full');
  for (const value of ['a', 'b', 'c']) expect(await writer.write(record(value))).toBe('spooled');
  expect(breaker.isOpen('raw')).toBe(false);
});

test('what cannot be prepared yet stays, and what is behind it comes after it', async () => {
  const spool = await newSpool();
  let isKnown = false;
  const prepare: DurableWriterParts['prepare'] = (spooled) =>
    Promise.resolve(isKnown ? { ...spooled, headers: { id: '7' } } : null);
  const { writer, publisher } = setUp({ spool, prepare });
  expect(await writer.spool(record('a'))).toBe('spooled');
  await writer.drain();
  expect([publisher.records.length, spool.state().records]).toEqual([0, 1]);
  isKnown = true;
  await writer.drain();
  expect(publisher.records).toMatchObject([{ value: Buffer.from('a'), headers: { id: '7' } }]);
});

test('what does not fit its topic is a dead letter at once, and so is what was spooled', async () => {
  const spool = await newSpool();
  const insteadOf = (refused: OutgoingRecord) => Promise.resolve({ ...refused, topic: 'dead-letter' });
  const { writer, publisher, told } = setUp({ spool, insteadOf });
  await writer.spool(record('a'));
  publisher.answerWith((sent) => (sent.topic === 'raw' ? 'too-large' : undefined));
  await writer.drain();
  expect(await writer.write(record('b'))).toBe('dead-lettered');
  expect(publisher.records).toMatchObject([
    { topic: 'dead-letter', value: Buffer.from('a') },
    { topic: 'dead-letter', value: Buffer.from('b') },
  ]);
  expect([told, spool.state().records]).toEqual([['spooled', 'too large', 'too large'], 0]);
});

test('a spooled record that fits nowhere is told once, and kept', async () => {
  const spool = await newSpool();
  const { writer, publisher, told } = setUp({ spool });
  await writer.spool(record('a'));
  publisher.answerWith('too-large');
  await writer.drain();
  await writer.drain();
  expect(told).toEqual([
    'spooled',
    'A spooled record fits neither raw nor the dead letters: raise their max.message.bytes.',
  ]);
  expect(spool.state().records).toBe(1);
});

const recordFor = (topic: string, value: string): OutgoingRecord => ({ ...record(value), topic });

test('a stream whose topic is gone holds up neither the pushes nor the spooled records of another one', async () => {
  const spool = await newSpool();
  const { writer, publisher, breaker } = setUp({ spool });
  publisher.answerWith('timed-out');
  for (const value of ['1', '2', '3']) await writer.write(recordFor('gone', value));
  await Promise.all(['a', 'b', 'c'].map((value) => writer.write(recordFor('there', value))));
  publisher.answerWith(({ topic }) => (topic === 'gone' ? 'timed-out' : undefined));
  await writer.drain();
  expect(publisher.records.map(({ value }) => value.toString())).toEqual(['a', 'b', 'c']);
  expect([breaker.isOpen('gone'), breaker.isOpen('there')]).toEqual([true, false]);
  expect(await writer.write(recordFor('there', 'd'))).toBe('published');
  publisher.answerWith(undefined);
  await writer.drain();
  expect([spool.state().records, breaker.open()]).toEqual([0, []]);
});

test('a disk that was full is written again by itself, also while records wait in the spool', async () => {
  let isFull = false;
  const full = (): void => {
    if (isFull) throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' });
  };
  const files: SpoolFiles = {
    ...diskFiles,
    async open(path, mode) {
      const file = await diskFiles.open(path, mode);
      return {
        ...file,
        write: (bytes, at) =>
          Promise.resolve()
            .then(full)
            .then(() => file.write(bytes, at)),
      };
    },
  };
  const found = await openSpool({ folder: join(folder, String((spools += 1))), files });
  if (found.outcome === 'refused') throw new Error(found.reason);
  opened.push(found.spool);
  const { spool } = found;
  const { writer, publisher } = setUp({ spool });
  publisher.answerWith('unavailable');
  expect(await writer.write(record('a'))).toBe('spooled');
  isFull = true;
  expect(await writer.write(record('b'))).toBe('unavailable');
  await writer.drain();
  expect(spool.state().writable).toBe(false);
  isFull = false;
  // No push comes: ingress is not ready.
  await writer.drain();
  expect(spool.state()).toMatchObject({ writable: true, records: 1 });
});
