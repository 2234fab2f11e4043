import type { KafkaConnection } from '@sluice/kafka/client';
import { workThroughRanges, type GoneRecords, type Range } from '@sluice/kafka/read-range';
import { createBatcher, type Batcher } from '@sluice/sink/batcher';
import type { Store, StoreItem, StoreResult } from '@sluice/sink/store';
import { noKillers, type Killers } from '../killers.ts';
import { secondsLeft, timeLeft } from '../time-left.ts';
import type { SayRebuild } from './facts.ts';
import { lengthOf, type Feed } from './feed.ts';
import { persistent } from './persistent-store.ts';

/** As the sinks' own, and written as soon as nothing more comes. */
const batches = {
  maxItems: 5_000,
  maxBytes: 8 * 1024 * 1024,
  lingerMs: 50,
  maxConcurrentWrites: 2,
};

/** Passes on what is wanted; the rest counts as written by someone else. */
export function onlyThose(
  batcher: Pick<Batcher, 'add'>,
  isWanted: (item: StoreItem) => boolean,
): Pick<Batcher, 'add'> {
  return {
    async add(items) {
      const wanted = items.map(isWanted);
      const results = (await batcher.add(items.filter((_item, at) => wanted[at]))).values();
      return items.map(({ id }, at): StoreResult => {
        const result = wanted[at] ? results.next().value : undefined;
        return result ?? { id, outcome: 'stale' };
      });
    },
  };
}

const progressEveryMs = 5_000;

interface Dependencies {
  readonly connection: KafkaConnection;
  /** Default: none is known. */
  readonly killers?: Killers;
  readonly signal: AbortSignal;
  readonly say: SayRebuild;
}

/**
 * Works some ranges into a store, and returns early when the signal is aborted.
 * @returns what had left Kafka before it was read
 */
export async function workInto(
  { connection, killers = noKillers, signal, say }: Dependencies,
  ranges: readonly Range[],
  store: Pick<Store, 'write'>,
  handlerOf: (batcher: Pick<Batcher, 'add'>, refused: (reason: string) => void) => ReturnType<Feed['handle']>,
): Promise<GoneRecords[]> {
  const batcher = createBatcher(persistent(store, say), batches);
  const refusals = new Map<string, number>();
  const refused = (reason: string): void => void refusals.set(reason, (refusals.get(reason) ?? 0) + 1);
  const isBearable = ({ id }: StoreItem): boolean => {
    const kills = killers.hasEvent(id);
    if (kills) refused('POISON_PILL');
    return !kills;
  };
  const handle = handlerOf(onlyThose(batcher, isBearable), refused);
  const total = lengthOf(ranges);
  const gone: GoneRecords[] = [];
  let done = 0;
  const timer = tellProgress(say, total, () => done);
  try {
    await workThroughRanges(connection, ranges, {
      signal,
      onGone: (records) => void gone.push(records),
      async onRecords(records) {
        const passed = records.filter((record) => !killers.hasRecord(record));
        for (let left = records.length - passed.length; left > 0; left -= 1) refused('POISON_PILL');
        await handle(passed);
        done += records.length;
      },
    });
  } finally {
    clearInterval(timer);
    await batcher.close();
  }
  if (total > 0 && !signal.aborted) say(`${done} records read.`, { of: 'read', records: done });
  tellLeftOut(say, refusals);
  return gone;
}

function tellProgress(say: SayRebuild, total: number, done: () => number): NodeJS.Timeout {
  const startedAt = performance.now();
  return setInterval(() => {
    const records = done();
    const left = secondsLeft(records, total, performance.now() - startedAt);
    say(`${records} of ${total} records read, ${timeLeft(left)}.`, {
      ...{ of: 'progress', records, total, secondsLeft: left },
    });
  }, progressEveryMs);
}

function tellLeftOut(say: SayRebuild, refusals: ReadonlyMap<string, number>): void {
  if (refusals.size === 0) return;
  const list = [...refusals].map(([reason, count]) => `${count} ${reason}`).join(', ');
  say(`Left out, because the services reject it: ${list}.`, {
    ...{ of: 'left-out', reasons: Object.fromEntries(refusals) },
  });
}
