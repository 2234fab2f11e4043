import type { StoreItem } from './store.ts';

export interface BatchBounds {
  /** Different events in one write. */
  readonly maxItems: number;
  /** Sum of the items' `bytes`. An item that is larger alone is written alone. */
  readonly maxBytes: number;
}

export interface Batch {
  /** What to write, by id: of the items of one id the one with the highest version. */
  readonly items: ReadonlyMap<string, StoreItem>;
  /** How many of the waiting items, from the first on, these stand for. */
  readonly taken: number;
}

/**
 * Takes as many waiting items, in their order, as fit into one write. It looks at no items behind those.
 * @param waiting not empty
 */
export function cutBatch(waiting: Iterable<StoreItem>, bounds: BatchBounds): Batch {
  const byId = new Map<string, StoreItem>();
  let bytes = 0;
  let taken = 0;
  for (const item of waiting) {
    const duplicate = byId.get(item.id);
    // Results are matched by id alone, so one write cannot hold one id for two tables.
    if (duplicate && duplicate.topic !== item.topic) break;
    if (!duplicate || duplicate.version < item.version) {
      const others = byId.size - (duplicate ? 1 : 0);
      const sum = bytes - (duplicate?.bytes ?? 0) + item.bytes;
      if (others > 0 && (others >= bounds.maxItems || sum > bounds.maxBytes)) break;
      byId.set(item.id, item);
      bytes = sum;
    }
    taken += 1;
  }
  return { items: byId, taken };
}
