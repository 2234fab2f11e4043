import type { ValueOf } from '@sluice/schemas/schemas';
import type { StoredTopic } from '@sluice/schemas/topics';
import type { Store, StoreItem, StoreResult } from '../src/store.ts';
import { wellFormed } from '../src/well-formed.ts';

export interface FakeStoreOptions {
  /** Says why the item is refused; undefined when it is not. */
  readonly refuse?: (item: StoreItem) => string | undefined;
}

export interface FakeStore extends Store {
  /** Creates what `missing` misses. */
  prepare(): void;
  read(topic: StoredTopic, id: string): ValueOf[StoredTopic] | undefined;
  /** From now on every call throws, as if the server were unavailable; undefined brings it back. */
  failWith(error: Error | undefined): void;
}

/** A store in memory, for tests of what stands before a store. It keeps the contract of the real ones. */
export function createFakeStore({ refuse }: FakeStoreOptions = {}): FakeStore {
  const kept = new Map<string, { version: number; event: ValueOf[StoredTopic] }>();
  let prepared = false;
  let failure: Error | undefined;

  const reach = async (): Promise<void> => {
    await Promise.resolve();
    if (failure) throw failure;
  };
  const writeOne = (item: StoreItem): StoreResult => {
    const detail = refuse?.(item);
    if (detail !== undefined) return { id: item.id, outcome: 'rejected', detail };
    const key = `${item.topic} ${item.id}`;
    if ((kept.get(key)?.version ?? -Infinity) > item.version) return { id: item.id, outcome: 'stale' };
    kept.set(key, { version: item.version, event: wellFormed(item.event) });
    return { id: item.id, outcome: 'written' };
  };

  return {
    async write(items) {
      await reach();
      return items.map(writeOne);
    },
    async missing() {
      await reach();
      return prepared ? [] : ['The fake store is not prepared: call prepare().'];
    },
    settled: () => Promise.resolve(null),
    close: () => Promise.resolve(),
    prepare() {
      prepared = true;
    },
    read: (topic, id) => kept.get(`${topic} ${id}`)?.event,
    failWith(error) {
      failure = error;
    },
  };
}
