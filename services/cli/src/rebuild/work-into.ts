import type { KafkaConnection } from '@sluice/kafka/client';
import { workThroughRanges, type Range } from '@sluice/kafka/read-range';
import type { StoredTopic } from '@sluice/schemas/topics';
import { createBatcher, type Batcher } from '@sluice/sink/batcher';
import { isInReach, type Reach } from '@sluice/sink/reach';
import type { Store, StoreItem, StoreResult } from '@sluice/sink/store';
import { lengthOf, type Feed } from './feed.ts';
import { persistent } from './persistent-store.ts';

/** As the sinks' own, and written as soon as nothing more comes. */
const batches = {
  maxItems: 5_000,
  maxBytes: 8 * 1024 * 1024,
  lingerMs: 50,
  maxConcurrentWrites: 2,
};

/** Passes on what is out of reach; the rest counts as written by someone else. */
export function onlyOutside(
  batcher: Pick<Batcher, 'add'>,
  reach: ReadonlyMap<StoredTopic, Reach>,
): Pick<Batcher, 'add'> {
  const isOutside = ({ topic, event }: StoreItem): boolean =>
    !isInReach(reach.get(topic) ?? { of: 'everything' }, event.meta);
  return {
    async add(items) {
      const results = (await batcher.add(items.filter(isOutside))).values();
      return items.map((item): StoreResult => {
        const result = isOutside(item) ? results.next().value : undefined;
        return result ?? { id: item.id, outcome: 'stale' };
      });
    },
  };
}

const progressEveryMs = 5_000;

interface Surroundings {
  readonly connection: KafkaConnection;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

/** Works some ranges into a store, and returns early when the signal is aborted. */
export async function workInto(
  { connection, signal, say }: Surroundings,
  ranges: readonly Range[],
  store: Pick<Store, 'write'>,
  handlerOf: (batcher: Pick<Batcher, 'add'>, refused: (reason: string) => void) => ReturnType<Feed['handle']>,
): Promise<void> {
  const batcher = createBatcher(persistent(store), batches);
  const refusals = new Map<string, number>();
  const handle = handlerOf(batcher, (reason) => void refusals.set(reason, (refusals.get(reason) ?? 0) + 1));
  const total = lengthOf(ranges);
  let done = 0;
  const timer = setInterval(() => say(`${done} of ${total} records read.`), progressEveryMs);
  try {
    await workThroughRanges(connection, ranges, {
      signal,
      async onRecords(records) {
        await handle(records);
        done += records.length;
      },
    });
  } finally {
    clearInterval(timer);
    await batcher.close();
  }
  if (total > 0 && !signal.aborted) say(`${total} records read.`);
  const list = [...refusals].map(([reason, count]) => `${count} ${reason}`).join(', ');
  if (list !== '') say(`Left out, as the services leave it out: ${list}.`);
}
