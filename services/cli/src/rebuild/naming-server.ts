import type { Rebuild, RebuildTarget } from '@sluice/sink/rebuild-target';

/** Names the server in what a call throws: as `asking` does. */
export type NameServer = <T>(work: () => Promise<T>) => Promise<T>;

/** A target whose errors name its server. What its stores throw names it already. */
export function namingServer(target: RebuildTarget, ask: NameServer): RebuildTarget {
  return {
    live: target.live,
    leftovers: () => ask(() => target.leftovers()),
    removeLeftover: (name) => ask(() => target.removeLeftover(name)),
    count: (topic) => ask(() => target.count(topic)),
    countOutside: (topic, reach) => ask(() => target.countOutside(topic, reach)),
    async begin(run, topics) {
      const begun = await ask(() => target.begin(run, topics));
      return {
        store: begun.store,
        carryOver: (topic, reach) => ask(() => begun.carryOver(topic, reach)),
        count: (topic) => ask(() => begun.count(topic)),
        changed: (topic) => ask(() => begun.changed(topic)),
        swap: (topic) => ask(() => begun.swap(topic)),
        end: () => ask(() => begun.end()),
      } satisfies Rebuild;
    },
    close: () => target.close(),
  };
}
