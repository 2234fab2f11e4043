import type { Rebuild, RebuildTarget } from '@sluice/sink/rebuild-target';
import type { SayRebuild } from './facts.ts';
import { persistently } from './persistent-store.ts';

/** Names the server in what a call throws: as `withServerContext` does. */
export type NameServer = <T>(work: () => Promise<T>) => Promise<T>;

/**
 * A target whose errors name its server; what its stores throw names it already. What only reads is tried again while
 * the server fails.
 */
export function namingServer(target: RebuildTarget, ask: NameServer, say: SayRebuild): RebuildTarget {
  const read: NameServer = (work) => ask(() => persistently(work, { say }));
  return {
    live: target.live,
    orphans: () => ask(() => target.orphans()),
    removeOrphan: (name) => ask(() => target.removeOrphan(name)),
    count: (topic) => read(() => target.count(topic)),
    filledFromRawAt: (topic) => read(() => target.filledFromRawAt(topic)),
    countOutside: (topic, scope) => read(() => target.countOutside(topic, scope)),
    async begin(run, topics) {
      const begun = await ask(() => target.begin(run, topics));
      return {
        store: begun.store,
        copyUnchanged: (topic, scope, run) => ask(() => begun.copyUnchanged(topic, scope, run)),
        count: (topic) => read(() => begun.count(topic)),
        changed: (topic) => read(() => begun.changed(topic)),
        swap: (topic, fromRawAtMs) => ask(() => begun.swap(topic, fromRawAtMs)),
        noteSettled: (topic, before) => read(() => begun.noteSettled(topic, before)),
        end: () => ask(() => begun.end()),
      } satisfies Rebuild;
    },
    close: () => target.close(),
  };
}
