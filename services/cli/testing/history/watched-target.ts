import type { Rebuild, RebuildTarget } from '@sluice/sink/rebuild-target';
import type { Store, StoreResult } from '@sluice/sink/store';

export type TargetCall =
  | 'orphans'
  | 'removeOrphan'
  | 'count'
  | 'begin'
  | 'copyUnchanged'
  | 'write'
  | 'swap'
  | 'tail'
  | 'noteSettled'
  | 'end';

/**
 * A target that reports each call before it is made. From the call on at which `before` answers `dead` no call scopes
 * the servers, and all of them seem to go well: for the servers the process was killed there. Of the write at which it
 * died half is written.
 */
export function watchedTarget(
  target: RebuildTarget,
  before: (call: TargetCall) => Promise<'alive' | 'dead'>,
): RebuildTarget {
  let isDead = false;
  const unless = async <T>(call: TargetCall, work: () => Promise<T>, ifDead: T): Promise<T> => {
    if (isDead) return ifDead;
    if ((await before(call)) === 'alive') return work();
    isDead = true;
    return ifDead;
  };
  const watched = (store: Store, call: TargetCall): Store => ({
    ...store,
    async write(items) {
      const all = items.map(({ id }): StoreResult => ({ id, outcome: 'written' }));
      if (isDead) return all;
      if ((await before(call)) === 'alive') return store.write(items);
      isDead = true;
      const half = items.slice(0, items.length / 2);
      if (half.length > 0) await store.write(half);
      return all;
    },
    missing: () => store.missing(),
    settled: (topic) => store.settled(topic),
    close: () => store.close(),
  });
  const many = Number.MAX_SAFE_INTEGER;
  return {
    live: watched(target.live, 'tail'),
    orphans: () => unless('orphans', () => target.orphans(), []),
    removeOrphan: (name) => unless('removeOrphan', () => target.removeOrphan(name), undefined),
    count: (topic) => unless('count', () => target.count(topic), many),
    filledFromRawAt: (topic) => target.filledFromRawAt(topic),
    countOutside: (topic, scope) => target.countOutside(topic, scope),
    async begin(run, topics) {
      const begun = await unless<Rebuild | null>('begin', () => target.begin(run, topics), null);
      return {
        store: watched(begun?.store ?? target.live, 'write'),
        copyUnchanged: (topic, scope, part) =>
          unless('copyUnchanged', async () => begun?.copyUnchanged(topic, scope, part), undefined),
        count: (topic) => unless('count', async () => begun?.count(topic) ?? many, many),
        changed: async (topic) => (isDead ? null : (begun?.changed(topic) ?? null)),
        swap: (topic, fromRawAtMs) => unless('swap', async () => begun?.swap(topic, fromRawAtMs), undefined),
        noteSettled: (topic, offsets) =>
          unless('noteSettled', async () => begun?.noteSettled(topic, offsets), undefined),
        end: () => unless('end', async () => begun?.end(), undefined),
      };
    },
    close: () => target.close(),
  };
}
