import { briefPatience, type KafkaConnection } from '@sluice/kafka/client';
import { commitAlone, type OffsetToCommit } from '@sluice/kafka/commit-alone';
import { committedOffsets } from '@sluice/kafka/group-lag';
import { offsetRanges, offsetsAtTime } from '@sluice/kafka/topics-admin';
import { topicOf } from '@sluice/schemas/topics';
import type { Log } from '@sluice/service/log';
import { repeat } from '@sluice/service/repeat';
import type { Telemetry } from '@sluice/telemetry/telemetry';

const dayMs = 86_400_000;
/** Kafka forgets the offsets of a group without members after so long by default: what is older may have been seen. */
const unseenForMs = 7 * dayMs;
/** How long before retention deletes them dead letters count as expiring. */
const expiringWithinMs = 3 * dayMs;

/** Its committed offsets say up to where somebody has seen the dead letters of a stream. It never has members. */
const seenGroupOf = (stream: string): string => `${stream}.dead-letter.seen`;

/** Records in the topic of dead letters that nobody has said to have seen. */
export interface UnseenDeadLetters {
  /** Written within the last 7 days. */
  readonly unseen: number;
  /** Deleted by retention within 3 days, or at once where the topic keeps less. */
  readonly expiring: number;
}

/**
 * Counts by offsets alone: no dead letter is read, and the marks of redriven ones count as records.
 * @param retentionMs of the topic; infinite where it keeps its records permanently
 * @throws when Kafka does not answer within the client's deadlines
 */
export async function countUnseenDeadLetters(
  connection: KafkaConnection,
  stream: string,
  retentionMs: number,
  nowMs: number,
): Promise<UnseenDeadLetters> {
  const topic = topicOf(stream, 'dead-letter');
  const seen = (await committedOffsets(connection, seenGroupOf(stream), [topic])).get(topic);
  const recent = await offsetsAtTime(connection, topic, nowMs - unseenForMs);
  const safe = Number.isFinite(retentionMs)
    ? await offsetsAtTime(connection, topic, nowMs - Math.max(0, retentionMs - expiringWithinMs))
    : new Map<number, bigint>();
  let [unseen, expiring] = [0n, 0n];
  for (const [partition, { low, high }] of await offsetRanges(connection, topic)) {
    const from = largest(low, seen?.get(partition) ?? low);
    unseen += largest(0n, high - largest(from, recent.get(partition) ?? low));
    expiring += largest(0n, (safe.get(partition) ?? low) - from);
  }
  return { unseen: Number(unseen), expiring: Number(expiring) };
}

/**
 * Records that somebody has seen every dead letter that is there now.
 * @returns how many of them were unseen
 * @throws if Kafka does not commit it; nothing has changed then
 */
export async function markDeadLettersSeen(connection: KafkaConnection, stream: string): Promise<number> {
  const topic = topicOf(stream, 'dead-letter');
  const seen = (await committedOffsets(connection, seenGroupOf(stream), [topic])).get(topic);
  const held = await offsetRanges(connection, topic);
  const ends = Array.from(held, ([partition, { high }]): OffsetToCommit => ({
    ...{ topic, partition, offset: String(high), metadata: '' },
  }));
  const [first, ...others] = ends;
  if (first) await commitAlone(connection, seenGroupOf(stream), [first, ...others]);
  let unseen = 0n;
  for (const [partition, { low, high }] of held) unseen += high - largest(low, seen?.get(partition) ?? low);
  return Number(unseen);
}

export interface WatchedDeadLetters {
  readonly connection: KafkaConnection;
  readonly stream: string;
  /** Of the topic of dead letters. */
  readonly retentionMs: number;
  readonly everyMs: number;
}

/**
 * Exposes how many dead letters nobody has seen, and how many of those expire soon. While Kafka cannot be asked the last
 * known figures stay, and the log says so once.
 */
export function watchUnseenDeadLetters(
  { connection, stream, retentionMs, everyMs }: WatchedDeadLetters,
  { telemetry, log }: { telemetry: Pick<Telemetry, 'gauge'>; log: Pick<Log, 'warn'> },
): { stop(): Promise<void> } {
  const asking = { ...connection, patience: briefPatience };
  let counted: UnseenDeadLetters = { unseen: 0, expiring: 0 };
  let failing = false;
  telemetry.gauge('sluice_dead_letters_unseen', () => counted.unseen);
  telemetry.gauge('sluice_dead_letters_expiring', () => counted.expiring);
  return repeat(everyMs, async () => {
    try {
      counted = await countUnseenDeadLetters(asking, stream, retentionMs, Date.now());
      failing = false;
    } catch (error) {
      if (!failing) log.warn({ err: error }, 'Kafka did not say how many dead letters are unseen.');
      failing = true;
    }
  });
}

const largest = (a: bigint, b: bigint): bigint => (a > b ? a : b);
