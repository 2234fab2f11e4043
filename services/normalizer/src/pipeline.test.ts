import type { ConsumedRecord } from '@sluice/kafka/consumer';
import type { OutgoingRecord, PublishOutcome } from '@sluice/kafka/publisher';
import { createFakePublisher } from '@sluice/kafka/testing/fake-publisher';
import { writeRawHeaders } from '@sluice/raw-event/raw-headers';
import { storedTopics } from '@sluice/schemas/topics';
import type { DeadLetter } from '@sluice/stream/dead-letters';
import { createPipeline, type Pipeline } from './pipeline.ts';
import { rawHeadersOf, sourceOf } from '@sluice/vendors/testing/golden-source';
import { loadMappings, type Mappings } from '@sluice/vendor-kit/vendor';
import { vendors } from '@sluice/vendors';

let mappings: Mappings;
beforeAll(async () => {
  mappings = await loadMappings(vendors);
});

/** Two of the list: the first sends one XML document a push, the second JSON batches. */
const [first = '', second = ''] = Object.keys(vendors);

function rawRecord(vendor: string, dataType: string, text: string, partition = 0): ConsumedRecord {
  const headers = Object.entries(writeRawHeaders(rawHeadersOf(vendor, dataType)));
  return {
    topic: `sluice.raw.${vendor}`,
    partition,
    offset: '5',
    key: null,
    value: Buffer.from(text),
    headers: Object.fromEntries(headers.map(([name, value]) => [name, Buffer.from(value)])),
    timestampMs: 0,
  };
}

/** A conversation event, and one for each turn. */
const transcript = (turns: number, partition: number): ConsumedRecord => {
  const content = '访客>2016-08-17 10:47:08\\n您好\\n'.repeat(turns);
  const text = `<xml><chatData><chatRecordId>${partition}</chatRecordId><chatContent>${content}</chatContent></chatData></xml>`;
  return rawRecord(first, 'chatContent', text, partition);
};

/** A publisher that answers when it is told to, the oldest record first. */
function slowPublisher() {
  const waiting: { record: OutgoingRecord; answer: (outcome: PublishOutcome) => void }[] = [];
  let most = 0;
  return {
    send: (record: OutgoingRecord, answer: (outcome: PublishOutcome) => void) => {
      waiting.push({ record, answer });
      most = Math.max(most, waiting.length);
    },
    most: () => most,
    waiting: () => waiting.length,
    partitions: () => new Set(waiting.map(({ record }) => String(record.key))),
    answer(count: number, outcome: PublishOutcome['outcome'] = 'published'): void {
      for (const { answer } of waiting.splice(0, count))
        answer(outcome === 'published' ? { outcome, partition: 0, offset: '0' } : { outcome });
    },
  };
}

function pipelineOf(publisher: Pipeline['publisher'], more: Partial<Pipeline> = {}) {
  const deadLetters: DeadLetter[] = [];
  const outcomes: string[] = [];
  const handle = createPipeline({
    mappings,
    stream: 'sluice',
    findSource: (id) => sourceOf(id.startsWith(first) ? first : second),
    publisher,
    schemaIds: new Map(storedTopics.map((topic) => [topic, 1])),
    writeDeadLetter: (deadLetter) => Promise.resolve(void deadLetters.push(deadLetter)),
    rejectLimit: { check: () => undefined },
    beginSpans: null,
    on: {
      record: (_, outcome) => outcomes.push(outcome),
    },
    ...more,
  });
  return { handle, deadLetters, outcomes };
}

/** Lets everything continue that can without an answer of Kafka. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

async function answerAll(publisher: ReturnType<typeof slowPublisher>): Promise<void> {
  while (publisher.waiting() > 0) {
    publisher.answer(publisher.waiting());
    await settled();
  }
}

describe('events in flight', () => {
  const inFlight = { events: 100, bytes: 1024 * 1024 };

  test('are bounded over all partitions, but for one payload', async () => {
    const publisher = slowPublisher();
    const { handle, outcomes } = pipelineOf(publisher, { inFlight });
    const chunks = [0, 1, 2, 3, 4, 5].map((partition) =>
      Array.from({ length: 20 }, () => transcript(9, partition)),
    );
    const done = Promise.all(chunks.map((chunk) => handle(chunk)));
    await settled();
    while (publisher.waiting() > 0) {
      expect(publisher.waiting()).toBeLessThan(inFlight.events + 10);
      publisher.answer(30);
      await settled();
    }
    await done;
    expect(outcomes).toHaveLength(120);
    expect(publisher.most()).toBeGreaterThanOrEqual(inFlight.events);
  });

  test('a partition’s giant lets the others have their turns, and gets its own', async () => {
    const publisher = slowPublisher();
    const { handle } = pipelineOf(publisher, { inFlight });
    const giant = handle([transcript(500, 1), transcript(500, 1), transcript(500, 1)]);
    const other = handle([transcript(3, 2)]);
    await settled();
    // The first giant is in flight, and the other partition waits for room.
    expect(publisher.waiting()).toBe(501);
    publisher.answer(402);
    await settled();
    // Its turn came before the second giant.
    expect([...publisher.partitions()]).toContain(`${first}-golden/2`);
    await answerAll(publisher);
    await Promise.all([giant, other]);
  });

  test('room comes back after events that Kafka did not take', async () => {
    const publisher = slowPublisher();
    const { handle } = pipelineOf(publisher, { inFlight });
    const failing = handle([transcript(200, 1), transcript(1, 1)]);
    await settled();
    publisher.answer(201, 'timed-out');
    await expect(failing).rejects.toThrow('Kafka did not accept an event for');
    const next = handle([transcript(1, 2)]);
    await settled();
    publisher.answer(publisher.waiting());
    await next;
  });

  test('bytes count as well', async () => {
    const publisher = slowPublisher();
    const { handle } = pipelineOf(publisher, { inFlight: { events: 1_000, bytes: 1_000 } });
    const done = handle(Array.from({ length: 5 }, () => transcript(9, 1)));
    await settled();
    expect(publisher.waiting()).toBe(10);
    await answerAll(publisher);
    await done;
  });
});

test('records end when all of their events have, though some end at once', async () => {
  const publisher = slowPublisher();
  const conversation = (record: OutgoingRecord): boolean => record.topic.endsWith('conversation.v1');
  const { handle, outcomes } = pipelineOf({
    send(record, settle) {
      if (conversation(record)) settle({ outcome: 'published', partition: 0, offset: '0' });
      else publisher.send(record, settle);
    },
  });
  const done = handle([transcript(2, 1), transcript(1, 1)]);
  await settled();
  publisher.answer(2);
  await settled();
  expect([publisher.waiting(), outcomes]).toEqual([1, []]);
  publisher.answer(1);
  await done;
  expect(outcomes).toEqual(['normalized', 'normalized']);
});

test('what is awaited lets the process do other work between records', async () => {
  const { handle } = pipelineOf(createFakePublisher());
  let turns = 0;
  let isDone = false;
  const count = (): void => {
    turns += 1;
    if (!isDone) setImmediate(count);
  };
  setImmediate(count);
  await handle(Array.from({ length: 50 }, () => transcript(300, 1)));
  isDone = true;
  expect(turns).toBeGreaterThanOrEqual(49);
});

test('one bad record of a batch is a dead letter alone, and the others continue', async () => {
  const publisher = createFakePublisher();
  const { handle, deadLetters, outcomes } = pipelineOf(publisher);
  await handle([rawRecord(second, 'msg', '{"sys_code":"21","content":[{"cid":"1"},{"cid":},{"cid":"3"}]}')]);
  expect(publisher.records.map(({ key }) => String(key))).toEqual([
    `${second}-golden/1`,
    `${second}-golden/3`,
  ]);
  expect(deadLetters.map(({ reason, payload }) => [reason, String(payload)])).toEqual([
    ['NOT_JSON', '{"sys_code":"21","content":[{"cid":}]}'],
  ]);
  expect(outcomes).toEqual(['normalized']);
});

test('rejects are counted before the dead letters of their chunk are written', async () => {
  const bad = rawRecord(second, 'msg', '[');
  const good = rawRecord(second, 'msg', '{"content":[{"cid":"1"}]}');
  const check = (records: readonly ConsumedRecord[], isRejected: readonly boolean[]): void => {
    expect(records).toEqual([bad, good, bad]);
    expect(isRejected).toEqual([true, false, true]);
    throw new Error('too many');
  };
  const { handle, deadLetters } = pipelineOf(createFakePublisher(), { rejectLimit: { check } });
  await expect(handle([bad, good, bad])).rejects.toThrow('too many');
  expect(deadLetters).toEqual([]);
});

test('a payload is one dead letter, however many of its events are too large for their topics', async () => {
  const publisher = createFakePublisher();
  publisher.answerWith(({ topic }) => (topic.endsWith('message.v1') ? 'too-large' : undefined));
  const { handle, deadLetters } = pipelineOf(publisher);
  const record = transcript(5, 1);
  await handle([record]);
  expect(deadLetters.map(({ reason, payload }) => [reason, payload])).toEqual([['TOO_LARGE', record.value]]);
});
