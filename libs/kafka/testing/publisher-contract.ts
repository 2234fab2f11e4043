import { randomUUID } from 'node:crypto';
import type { OutgoingRecord, Publisher } from '../src/publisher.ts';

export interface PublisherUnderTest {
  readonly publisher: Publisher;
  /** A topic that can be written; it is empty. */
  readonly topic: string;
  /** Values that the topic holds, in order within each partition. */
  readonly read: () => Promise<string[]>;
}

/** What every publisher keeps to: the real one, and the fake that stands for it in others' tests. */
export function publisherContract(name: string, prepare: () => Promise<PublisherUnderTest>): void {
  describe(`${name}, as a publisher`, () => {
    const record = (topic: string, value: string): OutgoingRecord => ({
      topic,
      key: Buffer.from('one key'),
      value: Buffer.from(value),
      headers: { name: 'text', bytes: Buffer.from([0, 255]) },
    });

    test('what it says is published is in the log, in order, at rising offsets', async () => {
      const { publisher, topic, read } = await prepare();
      const values = Array.from({ length: 25 }, (_, index) => `value ${index}`);
      const outcomes = await Promise.all(values.map((value) => publisher.publish(record(topic, value))));
      const offsets = outcomes.map((end) => (end.outcome === 'published' ? Number(end.offset) : end.outcome));
      expect(offsets).toEqual(values.map((_value, index) => index));
      expect(await read()).toEqual(values);
      expect(publisher.inFlight()).toEqual({ records: 0, bytes: 0 });
      await publisher.close();
    });

    test('a topic that it does not know is unavailable, and hinders no other', async () => {
      const { publisher, topic } = await prepare();
      const [unknown, known] = await Promise.all([
        publisher.publish(record(`${topic}-${randomUUID()}`, 'x')),
        publisher.publish(record(topic, 'x')),
      ]);
      expect(unknown).toEqual({ outcome: 'unavailable' });
      expect(known.outcome).toBe('published');
      await publisher.close();
    });

    test('what is sent has the same outcomes, each of them once', async () => {
      const { publisher, topic, read } = await prepare();
      const outcomes: string[] = [];
      const { promise: ended, resolve: end } = Promise.withResolvers<undefined>();
      const sent = [record(topic, 'first'), record(`${topic}-${randomUUID()}`, 'x'), record(topic, 'second')];
      for (const one of sent)
        publisher.send(one, ({ outcome }) => {
          if (outcomes.push(`${String(one.value)} ${outcome}`) === sent.length) end(undefined);
        });
      await ended;
      expect(await read()).toEqual(['first', 'second']);
      await publisher.close();
      expect(outcomes.toSorted()).toEqual(['first published', 'second published', 'x unavailable']);
    });

    test('after it was closed everything is unavailable', async () => {
      const { publisher, topic, read } = await prepare();
      await publisher.close();
      expect(await publisher.publish(record(topic, 'late'))).toEqual({ outcome: 'unavailable' });
      expect(await read()).toEqual([]);
    });
  });
}
