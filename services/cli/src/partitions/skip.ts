import { setTimeout as pause } from 'node:timers/promises';
import { InvalidArgumentError } from 'commander';
import type { KafkaConnection } from '@sluice/kafka/client';
import { commitAlone, deleteGroup } from '@sluice/kafka/commit-alone';
import { metadataOfRequest, skipGroupOf } from '@sluice/stream/blockage';
import { groupIdOf, partitionStates, type PartitionState, type WorkerGroup } from './worker-groups.ts';

/** A record's place, as `sluice partitions list` prints it. */
export interface RecordPlace {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
}

/** @throws an error when the text is no place */
export function readPlace(text: string): RecordPlace {
  const [, topic, partition, offset] = /^([\w.-]+)\/(\d{1,9})\/(\d{1,18})$/.exec(text) ?? [];
  if (topic === undefined || partition === undefined || offset === undefined)
    throw new InvalidArgumentError(
      `"${text}" is not the position of a record: it must be <topic>/<partition>/<offset>, as "sluice partitions list" prints it.`,
    );
  return { topic, partition: Number(partition), offset: BigInt(offset) };
}

export interface SkipOptions {
  readonly connection: KafkaConnection;
  readonly stream: string;
  readonly group: WorkerGroup;
  readonly place: RecordPlace;
  /** How long the worker may take, in ms. */
  readonly withinMs: number;
}

/**
 * Has a worker move the one record that blocks a partition to the dead letters, while it runs, and waits until it went
 * on. Asks by an offset of a group that nobody is a member of, which the worker looks at between its attempts.
 * @throws an error when another record, or none, blocks the partition, or the worker does not do it in time; then
 *   the request is withdrawn
 */
export async function skipRecord(options: SkipOptions): Promise<void> {
  const { connection, stream, group, place, withinMs } = options;
  const asking = skipGroupOf(groupIdOf(stream, group));
  const deadline = performance.now() + withinMs;
  let asked: number | null = null;
  try {
    do {
      const state = await stateAt(options);
      if (asked !== null && (state.committed ?? 0n) > place.offset) return;
      // A worker that was started again meanwhile has not written it to the commit metadata yet.
      const isUnknown = asked !== null && state.blockage === null;
      const isExact = !isUnknown && checkBlocked(state, place);
      const sinceMs = state.blockage?.sinceMs ?? null;
      if (isExact && sinceMs !== null && asked !== sinceMs) {
        const { topic, partition, offset } = place;
        const metadata = metadataOfRequest({ sinceMs });
        await commitAlone(connection, asking, [{ topic, partition, offset: String(offset), metadata }]);
        asked = sinceMs;
      }
      await pause(500);
    } while (performance.now() < deadline);
  } finally {
    if (asked !== null) await deleteGroup(connection, asking).catch(() => undefined);
  }
  const seconds = Math.round(withinMs / 1000);
  throw new Error(
    asked === null
      ? `The worker did not find within ${seconds} s which record blocks ${place.topic}/${place.partition}: try again in a minute.`
      : `${groupIdOf(stream, group)} has not skipped the record within ${seconds} s. The request is withdrawn. Check that the worker runs and may describe the group ${asking}.`,
  );
}

async function stateAt({ connection, stream, group, place }: SkipOptions): Promise<PartitionState> {
  const states = await partitionStates(connection, stream, group);
  const found = states.find(({ topic, partition }) => topic === place.topic && partition === place.partition);
  if (found) return found;
  throw new Error(`${group} of the stream ${stream} reads no partition ${place.topic}/${place.partition}.`);
}

/**
 * @returns whether that record alone is known to block the partition; false while it is one of several that might
 * @throws when it does not block it
 */
function checkBlocked(
  { topic, partition, committed, blockage }: PartitionState,
  { offset }: RecordPlace,
): boolean {
  const name = `${topic}/${partition}`;
  if (blockage === null || committed === null)
    throw new Error(
      `${name} is not blocked at ${offset}: nothing was skipped. See "sluice partitions list".`,
    );
  const behind = committed + BigInt(blockage.records);
  if (offset < committed || offset >= behind)
    throw new Error(
      `${name} is blocked by ${committed}${blockage.records > 1 ? ` to ${behind - 1n}` : ''}, and not by ${offset}: nothing was skipped.`,
    );
  return blockage.records === 1;
}
