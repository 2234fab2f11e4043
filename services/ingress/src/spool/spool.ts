import { join } from 'node:path';
import type { OutgoingRecord } from '@sluice/kafka/publisher';
import { diskFiles } from './disk-files.ts';
import { openLog, type LogOptions, type LogState } from './log.ts';
import type { AppendOutcome, Deliver, DrainOutcome } from './spooled.ts';
import { defaultSpoolLimits } from './spool-limits.ts';
import { createTopicLogs, type TopicLogs } from './topic-logs.ts';

export { defaultSpoolLimits } from './spool-limits.ts';

/**
 * How much of `maxBytes` the records of one topic may take. The rest is for the other topics: a stream whose topic is
 * gone fills no disk that another stream needs when Kafka is unavailable.
 */
const topicShare = 0.75;

/**
 * What ingress keeps on its disk while Kafka does not take it: a log for each topic, so that a topic which Kafka
 * does not take holds up no other one. The bounds are over all logs.
 */
export interface Spool {
  /** The record must stay as it is until the answer. Never rejects. */
  append(record: OutgoingRecord): Promise<AppendOutcome>;
  /** Tries whether the disk takes a commit, for when no append is to come before `writable` is true again. */
  probe(): Promise<AppendOutcome>;
  /**
   * Drains the logs side by side, each in the order of its appends: `deliver` may be called again before it has
   * answered, with records of another topic.
   */
  drain(deliver: Deliver): Promise<DrainOutcome>;
  state(): LogState;
  /** Whether records of this topic are not delivered yet. */
  holds(topic: string): boolean;
  /** Takes nothing more; waits for the batches that are being delivered and for every append that waits. */
  close(): Promise<void>;
}

export type OpenedSpool =
  | { readonly outcome: 'opened'; readonly spool: Spool }
  | { readonly outcome: 'refused'; readonly reason: string };

/**
 * Opens the spool of a folder, as `openLog` does: `<folder>/<topic>` is the log of a topic. Segments in the folder
 * itself are of versions that had one log for all topics: they are drained, and nothing is appended to them.
 */
export async function openSpool(options: LogOptions): Promise<OpenedSpool> {
  const { folder, files = diskFiles, limits = defaultSpoolLimits } = options;
  // The bounds of all logs together are checked here.
  const unbounded = { ...limits, maxBytes: Infinity };
  // Its lock is the lock of the spool.
  const root = await openLog({ ...options, limits: unbounded });
  if (root.outcome === 'refused') return root;
  const logs = createTopicLogs(root.log, (topic) =>
    openLog({ ...options, folder: join(folder, topic), limits: unbounded }),
  );
  for (const topic of (await files.folders(folder)).filter((name) => name !== 'quarantine')) {
    const opened = await logs.open(topic);
    if (typeof opened !== 'string') continue;
    await logs.close();
    return { outcome: 'refused', reason: opened };
  }
  return { outcome: 'opened', spool: createSpool(logs, limits) };
}

function createSpool(
  logs: TopicLogs,
  limits: Pick<typeof defaultSpoolLimits, 'maxBytes' | 'maxWaitingBytes'>,
): Spool {
  let waitingBytes = 0;
  let closing: Promise<void> | null = null;
  let draining = false;

  const bytes = (): number => {
    let sum = waitingBytes;
    for (const log of logs.all()) sum += log.bytes();
    return sum;
  };
  const isFull = (topic: string, more: number): boolean =>
    waitingBytes + more > limits.maxWaitingBytes ||
    bytes() + more > limits.maxBytes ||
    (logs.get(topic)?.bytes() ?? 0) + more > topicShare * limits.maxBytes;

  return {
    async append(record) {
      if (closing) return { outcome: 'failed', reason: 'the spool is closed' };
      const more = sizeOf(record);
      if (isFull(record.topic, more)) return { outcome: 'full' };
      waitingBytes += more;
      try {
        const log = logs.get(record.topic) ?? (await logs.open(record.topic));
        return typeof log === 'string' ? { outcome: 'failed', reason: log } : await log.append(record);
      } finally {
        waitingBytes -= more;
      }
    },
    probe: () => probeAll(logs),
    async drain(deliver) {
      if (draining) return { outcome: 'busy', delivered: 0 };
      draining = true;
      try {
        return await drainAll(logs, deliver);
      } finally {
        draining = false;
      }
    },
    state() {
      const { writable, ...all } = stateOfAll(logs);
      return { ...all, draining, writable: writable && closing === null && bytes() < limits.maxBytes };
    },
    holds: (topic) => (logs.get(topic)?.state().records ?? 0) > 0,
    async close() {
      closing ??= logs.close();
      await closing;
    },
  };
}

/** Makes the logs that the disk did not let be made, and asks those that the disk refused last. */
async function probeAll(logs: TopicLogs): Promise<AppendOutcome> {
  const reopened = await Promise.all(Array.from(logs.unopened.keys(), (topic) => logs.open(topic)));
  const refused = reopened.find((log) => typeof log === 'string');
  if (refused !== undefined) return { outcome: 'failed', reason: refused };
  const unwritable = Array.from(logs.all()).filter((log) => !log.state().writable);
  const asked = await Promise.all(unwritable.map((log) => log.probe()));
  return asked.find(({ outcome }) => outcome !== 'spooled') ?? { outcome: 'spooled' };
}

/** All logs side by side. Their worst outcome is the outcome of the spool. */
async function drainAll(logs: TopicLogs, deliver: Deliver): Promise<DrainOutcome> {
  const outcomes = await Promise.all(Array.from(logs.all(), (log) => log.drain(deliver)));
  const delivered = outcomes.reduce((sum, one) => sum + one.delivered, 0);
  const ended = (outcome: DrainOutcome['outcome']): DrainOutcome | undefined =>
    outcomes.find((one) => one.outcome === outcome);
  const worst = ended('failed') ?? ended('stopped') ?? ended('held') ?? { outcome: 'drained' };
  return { ...worst, delivered };
}

/** What all logs have in common, whatever the bounds of the spool are. */
function stateOfAll(logs: TopicLogs): Omit<LogState, 'draining'> {
  const all = Array.from(logs.all(), (log) => log.state());
  const sumOf = (amount: (state: LogState) => number): number =>
    all.reduce((sum, state) => sum + amount(state), 0);
  const oldest = all.flatMap(({ oldestAppendedAtMs: at }) => (at === null ? [] : [at]));
  const [unopenedReason = null] = logs.unopened.values();
  return {
    bytes: sumOf((state) => state.bytes),
    records: sumOf((state) => state.records),
    oldestAppendedAtMs: oldest.length === 0 ? null : Math.min(...oldest),
    quarantined: sumOf((state) => state.quarantined),
    lastFailure: unopenedReason ?? all.find((state) => state.lastFailure !== null)?.lastFailure ?? null,
    writable: logs.unopened.size === 0 && all.every((state) => state.writable),
  };
}

/** What a record takes on the disk, at most: its parts, and the frame and the segment header around them. */
function sizeOf({ topic, key, value, headers }: OutgoingRecord): number {
  let bytes = topic.length + key.length + value.length + 256;
  // A character of a text has three bytes at most.
  for (const name in headers) bytes += 3 * (name.length + (headers[name]?.length ?? 0)) + 16;
  return bytes;
}
