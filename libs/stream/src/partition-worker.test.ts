import type { BatchControl, ConsumedRecord } from '@sluice/kafka/consumer';
import { PartitionWorker } from './partition-worker.ts';

const maxRecords = 500;

/** Ten records of a partition. */
const recordsOf = (partition: number): ConsumedRecord[] =>
  Array.from({ length: 10 }, (_, index) => ({
    ...{ topic: 't', partition, key: null, value: Buffer.from('v'), headers: {}, timestampMs: 0 },
    offset: String(index),
  }));

/** What Kafka keeps for the partitions of a group, beyond the processes that work on them. */
class Commits {
  readonly #byPartition = new Map<number, { offset: string; metadata: string }>();

  /** How a process reaches them, until it crashes. */
  controlOf(partition: number, isAlive: () => boolean): BatchControl {
    const commit = (offset: string, metadata: string): Promise<void> => {
      if (!isAlive()) return Promise.reject(new Error('The process has crashed.'));
      this.#byPartition.set(partition, { offset, metadata });
      return Promise.resolve();
    };
    return {
      heartbeat: () => Promise.resolve(),
      done: ({ offset }) => commit(String(Number(offset) + 1), ''),
      commitMetadata: ({ offset }, metadata) => commit(offset, metadata),
      committedMetadata: () => Promise.resolve(this.#byPartition.get(partition) ?? null),
      running: isAlive,
      aside: () => undefined,
    };
  }

  left(partition: number): ConsumedRecord[] {
    return recordsOf(partition).slice(Number(this.#byPartition.get(partition)?.offset ?? 0));
  }
}

/**
 * Runs processes that crash at one record of a partition while they work on others too, until none crashes.
 * @returns what ended, as `partition/offset`
 */
async function runUntilNoneCrashes(poison: { partition: number; offset: string }, partitions: number[]) {
  const commits = new Commits();
  const [handled, deadLetters]: [string[], string[]] = [[], []];
  let crashes = 0;
  for (let crashed = true; crashed; crashes += Number(crashed)) {
    crashed = false;
    const { promise: crash, resolve: onCrash } = Promise.withResolvers<undefined>();
    // What hangs ends after it, so that nothing runs on; nothing of it counts.
    const { promise: buried, reject: bury } = Promise.withResolvers<never>();
    const place = ({ partition, offset }: ConsumedRecord): string => `${partition}/${offset}`;
    const worker = new PartitionWorker({
      ...{ connection: { brokers: [], clientId: 'test' }, groupId: 'g', topics: ['t'], partitionsAtOnce: 9 },
      ...{ sessionTimeoutMs: 30_000, stuckMs: 60_000 },
      chunk: { maxRecords, maxBytes: 1_000_000 },
      async handle(records) {
        if (records.some((one) => place(one) === place(poison as ConsumedRecord))) {
          crashed = true;
          onCrash(undefined);
        }
        // The answer of a server, for which a process that hangs never gets to look.
        await new Promise(setImmediate);
        if (crashed) await buried;
        handled.push(...records.map(place));
      },
      deadLetter: (record) => Promise.resolve(void deadLetters.push(place(record))),
      on: {
        ...{ received: () => undefined, assigned: () => undefined, blocked: () => undefined },
        ...{
          lag: () => undefined,
          oldest: () => undefined,
          looked: () => undefined,
          fatalError: () => undefined,
        },
      },
    });
    const works = partitions.map(async (partition) => {
      const records = commits.left(partition);
      if (records.length === 0) return;
      await worker.work(
        { topic: 't', partition, records, lag: 0 },
        commits.controlOf(partition, () => !crashed),
      );
    });
    await Promise.race([crash, Promise.all(works)]);
    bury(new Error('The process has crashed.'));
    await Promise.allSettled([buried, ...works]);
  }
  return { handled: new Set(handled), deadLetters, crashes };
}

test.each([
  ['first', [7, 0, 1, 2]],
  ['last', [0, 1, 2, 7]],
])(
  'a poison pill is the only dead letter, when its partition comes %s among others',
  async (_, partitions) => {
    const { handled, deadLetters, crashes } = await runUntilNoneCrashes(
      { partition: 7, offset: '4' },
      partitions,
    );
    expect(deadLetters).toEqual(['7/4']);
    expect(handled.size).toBe(10 * partitions.length - 1);
    expect(crashes).toBeLessThan(10);
  },
);
