import { randomUUID } from 'node:crypto';
import type { ValueOf } from '@sluice/schemas/schemas';
import type { StoredTopic } from '@sluice/schemas/topics';
import { storedTopics } from '@sluice/schemas/topics';
import { sampleItem } from './sample-items.ts';
import type { Store, StoreItem } from '../src/store.ts';
import { valueContract } from './value-contract.ts';

/** A store with what a test needs to look into it. */
export interface StoreUnderTest {
  /** Its server is there; its tables or templates are not, until `prepare`. */
  readonly store: Store;
  /** Creates what `missing` misses. */
  prepare(): Promise<void>;
  /** Every copy of an event that a reader sees, as the canonical event that it was. */
  read(topic: StoredTopic, id: string): Promise<ValueOf[StoredTopic][]>;
  /** A variant of the item that the store refuses for what is in it. */
  spoil(item: StoreItem): StoreItem;
  /** The same kind of store, configured with a server that is unavailable. */
  away(): Promise<Store>;
  /** Removes everything that the test made, and closes what it opened. */
  remove(): Promise<void>;
}

/** The contract of `Store`, as a Jest suite. Every implementation passes it, fakes included. */
export function storeContract(name: string, makeStore: () => Promise<StoreUnderTest>): void {
  describe(`${name} keeps the contract of a store`, () => {
    let subject: StoreUnderTest;
    beforeAll(async () => {
      subject = await makeStore();
    });
    afterAll(() => subject.remove());

    const write = async (...items: StoreItem[]): Promise<Map<string, string>> => {
      const results = await subject.store.write(items);
      expect(results.map(({ id }) => id).sort()).toEqual(items.map(({ id }) => id).sort());
      return new Map(results.map(({ id, outcome }) => [id, outcome]));
    };
    const read = ({ topic, id }: StoreItem): Promise<ValueOf[StoredTopic][]> => subject.read(topic, id);

    test('missing() names what is missing, and nothing once it is prepared', async () => {
      const messages = await subject.store.missing();
      expect(messages).not.toEqual([]);
      for (const message of messages) expect(message).toMatch(/^\S+ .*\.$/);
      await subject.prepare();
      expect(await subject.store.missing()).toEqual([]);
      await subject.prepare();
      expect(await subject.store.missing()).toEqual([]);
    });

    test('nothing to write is no error', async () => {
      expect(await subject.store.write([])).toEqual([]);
    });

    test.each(storedTopics)(
      '%s: what is written is read by its id, and writing it twice changes nothing',
      async (topic) => {
        const item = sampleItem(topic);
        expect(await write(item)).toEqual(new Map([[item.id, 'written']]));
        expect(await read(item)).toEqual([item.event]);
        expect(['written', 'stale']).toContain((await write(item)).get(item.id));
        expect(await read(item)).toEqual([item.event]);
      },
    );

    test('all topics go into one write', async () => {
      const items = storedTopics.map((topic) => sampleItem(topic));
      expect([...(await write(...items)).values()]).toEqual(items.map(() => 'written'));
      for (const item of items) expect(await read(item)).toEqual([item.event]);
    });

    test.each([
      ['older first', 1, 2],
      ['newer first', 2, 1],
    ])('the higher version wins: %s', async (_, ...receipts) => {
      const id = randomUUID();
      const items = receipts.map((receipt) =>
        sampleItem('message.v1', { event_id: id, received_at: receipt }, { text: `receipt ${receipt}` }),
      );
      for (const item of items) await write(item);
      expect(await subject.read('message.v1', id)).toEqual([items[receipts.indexOf(2)]?.event]);
    });

    test('an equal version may be written again', async () => {
      const item = sampleItem('rating.v1');
      await Promise.all([write(item), write(item), write(item)]);
      expect(await read(item)).toEqual([item.event]);
    });

    test.each([
      ['in order', [0, 1, 2]],
      ['reversed', [2, 1, 0]],
    ])('state A, then B, then A again ends in A: %s', async (_, order) => {
      const [a, b] = [randomUUID(), randomUUID()];
      const entity = { entity_key: randomUUID() };
      const steps = [a, b, a].map((id, step) =>
        sampleItem('conversation.v1', { ...entity, event_id: id, received_at: step + 1 }),
      );
      for (const step of order) for (const item of steps.slice(step, step + 1)) await write(item);
      const states = (await Promise.all([a, b].map((id) => subject.read('conversation.v1', id)))).flat();
      expect(states).toHaveLength(2);
      expect(
        states.sort((left, right) => right.meta.received_at - left.meta.received_at)[0]?.meta,
      ).toMatchObject({
        event_id: a,
        received_at: 3,
      });
    });

    test('one bad item in twenty is refused alone', async () => {
      const items = Array.from({ length: 20 }, (_, index) =>
        sampleItem(index % 2 === 0 ? 'rating.v1' : 'message.v1'),
      );
      const bad = subject.spoil(sampleItem('rating.v1'));
      items.splice(12, 1, bad);
      const results = await subject.store.write(items);
      expect(results.filter(({ outcome }) => outcome === 'rejected')).toEqual([
        { id: bad.id, outcome: 'rejected', detail: expect.stringMatching(/\S/) as string },
      ]);
      expect(results).toHaveLength(20);
      for (const item of items) if (item !== bad) expect(await read(item)).toEqual([item.event]);
    });

    valueContract({ write, read });

    test('throws, and refuses nothing, when the server is unavailable', async () => {
      const away = await subject.away();
      await expect(away.write([sampleItem('rating.v1')])).rejects.toThrow();
      await expect(away.missing()).rejects.toThrow();
      await away.close();
    });
  });
}
