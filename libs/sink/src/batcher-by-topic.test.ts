import { createBatcherByTopic } from './batcher-by-topic.ts';
import { sampleItem } from '../testing/sample-items.ts';
import type { StoreItem, StoreResult } from './store.ts';

test('a table that hangs holds up no other one, however many of its writes are under way', async () => {
  const hangs = Promise.withResolvers<StoreResult[]>();
  const written = (items: readonly StoreItem[]): StoreResult[] =>
    items.map(({ id }) => ({ id, outcome: 'written' }));
  const writes: string[][] = [];
  const store = {
    write(items: readonly StoreItem[]) {
      writes.push(items.map(({ topic }) => topic));
      return items.some(({ topic }) => topic === 'message.v1')
        ? hangs.promise
        : Promise.resolve(written(items));
    },
  };
  const batcher = createBatcherByTopic(store, {
    ...{ maxItems: 2, maxBytes: 1_000_000, lingerMs: 1, maxConcurrentWrites: 1 },
  });
  const messages = ['a', 'b'].map((event_id) => sampleItem('message.v1', { event_id }));
  const hanging = Promise.all(messages.map((item) => batcher.add([item])));
  const rating = sampleItem('rating.v1', { event_id: 'c' });
  expect(await batcher.add([rating])).toEqual([{ id: 'c', outcome: 'written' }]);
  expect(writes).toEqual([['message.v1', 'message.v1'], ['rating.v1']]);

  const closed = batcher.close();
  await expect(batcher.add([rating])).rejects.toThrow('closed');
  hangs.resolve(written(messages));
  await closed;
  expect((await hanging).flat()).toHaveLength(2);
});

test('nothing added is answered at once', async () => {
  const store = { write: () => Promise.reject(new Error('nothing is to be written')) };
  const options = { maxItems: 2, maxBytes: 1, lingerMs: 1, maxConcurrentWrites: 1 };
  expect(await createBatcherByTopic(store, options).add([])).toEqual([]);
});
