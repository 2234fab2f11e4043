import type { CanonicalTopic } from '@sluice/schemas/topics';
import { isInScope } from '@sluice/sink/rebuild-scope';
import type { RebuildTarget } from '@sluice/sink/rebuild-target';
import type { StoreItem, StoreResult } from '@sluice/sink/store';

export interface MemoryTarget extends RebuildTarget {
  /** What readers see, by id. */
  readonly served: Map<string, StoreItem>;
  /** Done at the end of each carrying over, from now on; what it throws is a failure of the server. */
  afterCarryOver(work: () => Promise<void>): void;
}

/** A store in memory that can be rebuilt, for tests of what is done to it. */
export function createMemoryTarget(): MemoryTarget {
  const served = new Map<string, StoreItem>();
  const fromRaw = new Map<CanonicalTopic, number | null>();
  let afterCarryOver = (): Promise<void> => Promise.resolve();
  const put = (into: Map<string, StoreItem>, items: readonly StoreItem[]): Promise<StoreResult[]> => {
    for (const item of items) if ((into.get(item.id)?.version ?? 0) <= item.version) into.set(item.id, item);
    return Promise.resolve(items.map(({ id }) => ({ id, outcome: 'written' })));
  };
  const of = (from: ReadonlyMap<string, StoreItem>, topic: CanonicalTopic): StoreItem[] =>
    [...from.values()].filter((item) => item.topic === topic);
  const nothing = () => Promise.resolve();
  const noneIsSettled = () => Promise.resolve(null);
  return {
    served,
    afterCarryOver: (work) => void (afterCarryOver = work),
    live: {
      write: (items) => put(served, items),
      missing: () => Promise.resolve([]),
      settled: noneIsSettled,
      close: nothing,
    },
    orphans: () => Promise.resolve([]),
    removeOrphan: nothing,
    count: (topic) => Promise.resolve(of(served, topic).length),
    filledFromRawAt: (topic) => Promise.resolve(fromRaw.get(topic) ?? null),
    countOutside: (topic, scope) =>
      Promise.resolve(of(served, topic).filter(({ event }) => !isInScope(scope, event.meta)).length),
    begin() {
      const filled = new Map<string, StoreItem>();
      return Promise.resolve({
        store: {
          write: (items) => put(filled, items),
          missing: () => Promise.resolve([]),
          settled: noneIsSettled,
          close: nothing,
        },
        async copyUnchanged(topic, scope, run) {
          await run(async () => {
            await put(
              filled,
              of(served, topic).filter(({ event }) => !isInScope(scope, event.meta)),
            );
            await afterCarryOver();
          });
        },
        count: (topic) => Promise.resolve(of(filled, topic).length),
        noteSettled: nothing,
        changed: () => Promise.resolve(null),
        async swap(topic, fromRawAtMs) {
          fromRaw.set(topic, fromRawAtMs);
          for (const { id } of of(served, topic)) served.delete(id);
          await put(served, of(filled, topic));
        },
        end: nothing,
      });
    },
    close: nothing,
  };
}
