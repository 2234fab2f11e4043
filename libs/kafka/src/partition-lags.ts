import { createAdmin } from './admin.ts';
import type { AdminClient, Committed, OffsetRange } from './admin-client.ts';
import type { KafkaConnection } from './client.ts';

interface Place {
  readonly topic: string;
  readonly partition: number;
}

/** How many records of a partition a group has not finished, by the end of the log. */
export interface PartitionLag extends Place {
  readonly records: number;
}

/** How long a look may take, in ms. */
const withinMs = 10_000;

/** Looks how far a member of a group is behind, by the ends of the logs and not by what was fetched. */
export interface LagLook {
  /** The partitions of this member from now on, by topic. */
  assigned(partitions: Readonly<Record<string, readonly number[]>>): void;
  /** A fetch brought only what is no record (markers, aborted transactions): nothing is committed for it. */
  passedOver(place: Place & { readonly lastOffset: string }): void;
  /** A topic of which a partition has no leader is left out. @throws when Kafka does not answer in time */
  look(): Promise<PartitionLag[]>;
}

export function createLagLook(connection: KafkaConnection, groupId: string): LagLook {
  let assignment: Readonly<Record<string, readonly number[]>> = {};
  const passed = new Map<string, bigint>();

  const lagOf = (place: Place, { low, high }: OffsetRange, committed: bigint = low): PartitionLag => {
    // What retention took away can no longer be finished.
    const from = latest(committed, low, passed.get(`${place.topic}/${place.partition}`) ?? 0n);
    return { ...place, records: Math.max(0, Number(high - from)) };
  };

  return {
    assigned(partitions) {
      assignment = partitions;
      passed.clear();
    },
    passedOver: ({ topic, partition, lastOffset }) =>
      void passed.set(`${topic}/${partition}`, BigInt(lastOffset) + 1n),
    async look() {
      const assigned = Object.entries(assignment).filter(([, partitions]) => partitions.length > 0);
      const topics = assigned.map(([topic]) => topic);
      return askAnew(connection, async (admin, signal) => {
        // In this order, or what is finished in between would count as more than there is.
        const committed = await ofEach(topics, signal, (asked) => committedOf(admin, groupId, asked));
        const ranges = await ofEach([...committed.keys()], signal, (asked) => admin.offsets(asked));
        return assigned.flatMap(([topic, partitions]) =>
          partitions.flatMap((partition) => {
            const range = ranges.get(topic)?.get(partition);
            return range
              ? [lagOf({ topic, partition }, range, committed.get(topic)?.get(partition)?.offset)]
              : [];
          }),
        );
      });
    },
  };
}

/** What a group committed, by topic. Of one for which it never committed nothing. */
async function committedOf(admin: AdminClient, groupId: string, topics: readonly string[]) {
  const found = await admin.committed(groupId, topics);
  return new Map(topics.map((topic) => [topic, found.get(topic) ?? new Map<number, Committed>()]));
}

/**
 * Asks for all topics at once, and for each by itself where one fails the whole request. Those that fail are left out.
 * One after the other: while kafkajs asks for a topic that does not exist, what else is asked of it fails as well.
 */
async function ofEach<T>(
  topics: readonly string[],
  signal: AbortSignal,
  ask: (topics: readonly string[]) => Promise<ReadonlyMap<string, T>>,
): Promise<ReadonlyMap<string, T>> {
  const none: ReadonlyMap<string, T> = new Map();
  // A client that is closed would connect again.
  signal.throwIfAborted();
  const found = await ask(topics).catch(() => null);
  if (found) return found;
  const one: [string, T][] = [];
  for (const topic of topics) {
    signal.throwIfAborted();
    one.push(...(await ask([topic]).catch(() => none)));
  }
  return new Map(one);
}

/**
 * Asks with a client of its own: one that lives on keeps to leaders that moved, for minutes.
 * @throws when Kafka does not answer in time
 */
async function askAnew<T>(
  connection: KafkaConnection,
  ask: (admin: AdminClient, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const admin = createAdmin(connection);
  const ended = new AbortController();
  const { promise: late, reject } = Promise.withResolvers<never>();
  const message = `Kafka did not return the ends of its logs within ${withinMs} ms.`;
  const timer = setTimeout(() => reject(new Error(message)), withinMs);
  try {
    await Promise.race([admin.connect(), late]);
    return await Promise.race([ask(admin, ended.signal), late]);
  } finally {
    clearTimeout(timer);
    ended.abort();
    void admin.close();
  }
}

const latest = (...offsets: readonly bigint[]): bigint => offsets.reduce((a, b) => (a > b ? a : b));
