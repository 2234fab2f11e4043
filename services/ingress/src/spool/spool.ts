import { join } from 'node:path';
import type { OutgoingRecord } from '@sluice/kafka/publisher';
import { diskFiles } from './disk-files.ts';
import { openLog, type LogOptions, type LogState, type SpoolLog } from './log.ts';
import type { AppendOutcome, Deliver, DrainOutcome } from './spooled.ts';
import { defaultSpoolLimits } from './spool-limits.ts';

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
  const logs = new Map<string, SpoolLog>([['', root.log]]);
  const closeAll = async (): Promise<void> => {
    const [first, ...others] = logs.values();
    await Promise.all(others.map((log) => log.close()));
    await first?.close();
  };
  const open = async (topic: string): Promise<SpoolLog | string> => {
    const opened = await openLog({ ...options, folder: join(folder, topic), limits: unbounded });
    if (opened.outcome === 'refused') return opened.reason;
    logs.set(topic, opened.log);
    return opened.log;
  };
  for (const topic of (await files.folders(folder)).filter((name) => name !== 'quarantine')) {
    const opened = await open(topic);
    if (typeof opened !== 'string') continue;
    await closeAll();
    return { outcome: 'refused', reason: opened };
  }
  return { outcome: 'opened', spool: createSpool(logs, open, closeAll, limits) };
}

function createSpool(
  logs: ReadonlyMap<string, SpoolLog>,
  openTopic: (topic: string) => Promise<SpoolLog | string>,
  closeAll: () => Promise<void>,
  limits: Pick<typeof defaultSpoolLimits, 'maxBytes' | 'maxWaitingBytes'>,
): Spool {
  const opening = new Map<string, Promise<SpoolLog | string>>();
  /** Topics whose log the disk did not let be made, with the reason. */
  const unopened = new Map<string, string>();
  let waitingBytes = 0;
  let closing: Promise<void> | null = null;
  let draining = false;

  const states = (): LogState[] => Array.from(logs.values(), (log) => log.state());
  const sumOf = (amount: (state: LogState) => number): number =>
    states().reduce((sum, state) => sum + amount(state), 0);
  const bytes = (): number => {
    let sum = waitingBytes;
    for (const log of logs.values()) sum += log.bytes();
    return sum;
  };

  const logOf = (topic: string): Promise<SpoolLog | string> => {
    const known = opening.get(topic);
    if (known) return known;
    const opened = openTopic(topic).then((log) => {
      opening.delete(topic);
      if (typeof log === 'string') unopened.set(topic, log);
      else unopened.delete(topic);
      return log;
    });
    opening.set(topic, opened);
    return opened;
  };

  const isFull = (topic: string, more: number): boolean =>
    waitingBytes + more > limits.maxWaitingBytes ||
    bytes() + more > limits.maxBytes ||
    (logs.get(topic)?.bytes() ?? 0) + more > topicShare * limits.maxBytes;

  const drainAll = async (deliver: Deliver): Promise<DrainOutcome> => {
    const outcomes = await Promise.all(Array.from(logs.values(), (log) => log.drain(deliver)));
    const delivered = outcomes.reduce((sum, one) => sum + one.delivered, 0);
    const ended = (outcome: DrainOutcome['outcome']): DrainOutcome | undefined =>
      outcomes.find((one) => one.outcome === outcome);
    const worst = ended('failed') ?? ended('stopped') ?? ended('held') ?? { outcome: 'drained' };
    return { ...worst, delivered };
  };

  return {
    async append(record) {
      if (closing) return { outcome: 'failed', reason: 'the spool is closed' };
      const more = sizeOf(record);
      if (isFull(record.topic, more)) return { outcome: 'full' };
      waitingBytes += more;
      try {
        const log = logs.get(record.topic) ?? (await logOf(record.topic));
        return typeof log === 'string' ? { outcome: 'failed', reason: log } : await log.append(record);
      } finally {
        waitingBytes -= more;
      }
    },
    async probe() {
      const reopened = await Promise.all(Array.from(unopened.keys(), logOf));
      const refused = reopened.find((log) => typeof log === 'string');
      if (refused !== undefined) return { outcome: 'failed', reason: refused };
      const unwritable = Array.from(logs.values()).filter((log) => !log.state().writable);
      const asked = await Promise.all(unwritable.map((log) => log.probe()));
      return asked.find(({ outcome }) => outcome !== 'spooled') ?? { outcome: 'spooled' };
    },
    async drain(deliver) {
      if (draining) return { outcome: 'busy', delivered: 0 };
      draining = true;
      try {
        return await drainAll(deliver);
      } finally {
        draining = false;
      }
    },
    state() {
      const all = states();
      const oldest = all.flatMap(({ oldestAppendedAtMs: at }) => (at === null ? [] : [at]));
      const [unopenedReason = null] = unopened.values();
      return {
        bytes: sumOf((state) => state.bytes),
        records: sumOf((state) => state.records),
        oldestAppendedAtMs: oldest.length === 0 ? null : Math.min(...oldest),
        draining,
        quarantined: sumOf((state) => state.quarantined),
        lastFailure: unopenedReason ?? all.find((state) => state.lastFailure !== null)?.lastFailure ?? null,
        writable:
          closing === null &&
          unopened.size === 0 &&
          all.every((state) => state.writable) &&
          bytes() < limits.maxBytes,
      };
    },
    holds: (topic) => (logs.get(topic)?.state().records ?? 0) > 0,
    async close() {
      closing ??= Promise.all(opening.values()).then(closeAll);
      await closing;
    },
  };
}

/** What a record takes on the disk, at most: its parts, and the frame and the segment header around them. */
function sizeOf({ topic, key, value, headers }: OutgoingRecord): number {
  let bytes = topic.length + key.length + value.length + 256;
  // A character of a text has three bytes at most.
  for (const name in headers) bytes += 3 * (name.length + (headers[name]?.length ?? 0)) + 16;
  return bytes;
}
