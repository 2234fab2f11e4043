import { createAdmin } from './admin.ts';
import type { AdminClient, ByPartition, Committed } from './admin-client.ts';
import type { KafkaConnection } from './client.ts';

/** How many records of a partition a group has not finished, by the end of the log. */
export interface PartitionLag {
  readonly topic: string;
  readonly partition: number;
  readonly records: number;
}

/** How long a look may take, in ms. */
const withinMs = 10_000;

/** Looks how far a member of a group is behind, by the ends of the logs and not by what was fetched. */
export interface LagLook {
  /** The partitions of this member from now on, by topic. */
  assigned(partitions: Readonly<Record<string, readonly number[]>>): void;
  /** A fetch brought only what is no record (markers, aborted transactions): nothing is committed for it. */
  passedOver(place: {
    readonly topic: string;
    readonly partition: number;
    readonly lastOffset: string;
  }): void;
  /** A topic of which a partition has no leader is left out. @throws when Kafka does not answer in time */
  look(): Promise<PartitionLag[]>;
}

export function createLagLook(connection: KafkaConnection, groupId: string): LagLook {
  let assignment: Readonly<Record<string, readonly number[]>> = {};
  const passed = new Map<string, bigint>();

  const lagsOf = async (
    admin: AdminClient,
    topic: string,
    partitions: readonly number[],
    committed: ByPartition<Committed>,
  ): Promise<PartitionLag[]> => {
    return Array.from(await admin.offsets(topic)).flatMap(([partition, { low, high }]) => {
      if (!partitions.includes(partition)) return [];
      const done = committed.get(partition)?.offset ?? low;
      // What retention took away can no longer be finished.
      const from = latest(done, low, passed.get(`${topic}/${partition}`) ?? 0n);
      return [{ topic, partition, records: Math.max(0, Number(high - from)) }];
    });
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
      return askAnew(connection, async (admin) => {
        // In this order, or what is finished in between would count as more than there is.
        const committed = await committedOf(
          admin,
          groupId,
          assigned.map(([topic]) => topic),
        );
        const lags = assigned.map(async ([topic, partitions]) => {
          const ofTopic = committed.get(topic);
          return ofTopic ? lagsOf(admin, topic, partitions, ofTopic).catch(() => []) : [];
        });
        return (await Promise.all(lags)).flat();
      });
    },
  };
}

/** What a group committed, by topic. A topic that does not exist is left out. */
async function committedOf(
  admin: AdminClient,
  groupId: string,
  topics: readonly string[],
): Promise<ReadonlyMap<string, ByPartition<Committed>>> {
  const of = async (asked: readonly string[]) => {
    const found = await admin.committed(groupId, asked);
    return asked.map((topic) => [topic, found.get(topic) ?? new Map<number, Committed>()] as const);
  };
  // One topic that does not exist fails the whole request.
  const oneByOne = () => Promise.all(topics.map((topic) => of([topic]).catch(() => [])));
  return new Map(await of(topics).catch(async () => (await oneByOne()).flat()));
}

/**
 * Asks with a client of its own: one that lives on keeps to leaders that moved, for minutes.
 * @throws when Kafka does not answer in time
 */
async function askAnew<T>(connection: KafkaConnection, ask: (admin: AdminClient) => Promise<T>): Promise<T> {
  const admin = createAdmin(connection);
  const { promise: late, reject } = Promise.withResolvers<never>();
  const message = `Kafka did not return the ends of its logs within ${withinMs} ms.`;
  const timer = setTimeout(() => reject(new Error(message)), withinMs);
  try {
    await Promise.race([admin.connect(), late]);
    return await Promise.race([ask(admin), late]);
  } finally {
    clearTimeout(timer);
    void admin.close();
  }
}

const latest = (...offsets: readonly bigint[]): bigint => offsets.reduce((a, b) => (a > b ? a : b));
