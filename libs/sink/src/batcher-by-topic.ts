import { storedTopics } from '@sluice/schemas/topics';
import { createBatcher, type Batcher, type BatcherOptions } from './batcher.ts';
import type { Store } from './store.ts';

/**
 * A batcher for each topic: what waits for a table or an index that hangs shares neither a write nor the number of writes
 * with another one. The items of one call are of one topic.
 * @param options of each of them
 */
export function createBatcherByTopic(store: Pick<Store, 'write'>, options: BatcherOptions): Batcher {
  const batchers = new Map(storedTopics.map((topic) => [topic, createBatcher(store, options)]));
  return {
    async add(items, company) {
      const [first] = items;
      return first ? ((await batchers.get(first.topic)?.add(items, company)) ?? []) : [];
    },
    async close() {
      await Promise.all([...batchers.values()].map((batcher) => batcher.close()));
    },
  };
}
