import type { OutgoingRecord } from '@sluice/kafka/publisher';
import { createCommitter } from './committer.ts';
import { diskFiles } from './disk-files.ts';
import { Drainer } from './drainer.ts';
import { openQuarantine } from './quarantine.ts';
import { recover } from './recover.ts';
import { createSegmentLog } from './segment-log.ts';
import { createSegmentWriter } from './segment-writer.ts';
import { defaultSpoolLimits, type SpoolLimits } from './spool-limits.ts';
import { reasonOf, type FolderLock, type SpoolFiles } from './spool-files.ts';
import type { AppendOutcome, Deliver, DrainOutcome } from './spooled.ts';

export interface LogOptions {
  /** Of this process alone. It is made with 0700; all files in it are 0600. */
  readonly folder: string;
  readonly limits?: SpoolLimits;
  readonly nowMs?: () => number;
  readonly files?: SpoolFiles;
}

export interface LogState {
  /** On the disk, of all segments: a segment counts until all of it is delivered. */
  readonly bytes: number;
  /** Not delivered yet. After a restart about as many: records of segments that were not read are estimated. */
  readonly records: number;
  /** Of the oldest undelivered record; null if all are delivered, or if it is damaged. */
  readonly oldestAppendedAtMs: number | null;
  readonly draining: boolean;
  /** Files in the folder `quarantine`. Nobody but an operator deletes them. */
  readonly quarantined: number;
  /** Why the disk refused the last commit, or the last step of a drain; null when it took both. */
  readonly lastFailure: string | null;
  /** Whether the last commit did not fail, and there is room. */
  readonly writable: boolean;
}

/**
 * A checksummed, append-only log on the disk, drained in the order of the appends, at least once.
 * Nothing here throws because of the disk.
 */
export interface SpoolLog {
  /** The caller may reuse the record's memory at once. Never rejects. */
  append(record: OutgoingRecord): Promise<AppendOutcome>;
  /** Tries whether the disk takes a commit, for when no append is to come before `writable` is true again. */
  probe(): Promise<AppendOutcome>;
  /** Delivers batch by batch; the next one is read when the last one is answered. Appends continue meanwhile. */
  drain(deliver: Deliver): Promise<DrainOutcome>;
  state(): LogState;
  /** As in its state, for anybody who asks before each append. */
  bytes(): number;
  /** Takes nothing more; waits for the batch that is being delivered and for every append that waits. */
  close(): Promise<void>;
}

export type OpenedLog =
  | { readonly outcome: 'opened'; readonly log: SpoolLog }
  | { readonly outcome: 'refused'; readonly reason: string };

/**
 * Opens the spool of a folder: takes its lock, finds what an earlier process left, cuts a torn tail. Refused, with
 * a message that says what to do, when another process has the folder or it cannot be used. Never rejects
 * because of the disk.
 */
export async function openLog(options: LogOptions): Promise<OpenedLog> {
  const { folder, files = diskFiles } = options;
  let lock: FolderLock | null = null;
  try {
    await files.makeFolder(folder);
    lock = await files.lock(folder);
    if (lock === null) return { outcome: 'refused', reason: inUse(folder) };
    const opened = await open(options, files, lock);
    if (opened.outcome === 'refused') lock.release();
    return opened;
  } catch (error) {
    lock?.release();
    const reason = `The spool's folder ${folder} cannot be used: ${reasonOf(error)}. Repair or empty the disk, or name another folder.`;
    return { outcome: 'refused', reason };
  }
}

function inUse(folder: string): string {
  return `The spool's folder ${folder} is in use by another process: stop that one, or give each process a folder of its own.`;
}

async function open(options: LogOptions, files: SpoolFiles, lock: FolderLock): Promise<OpenedLog> {
  const { folder, limits = defaultSpoolLimits, nowMs = Date.now } = options;
  const recovery = await recover(files, folder);
  if (recovery.outcome === 'refused') return recovery;
  const quarantine = await openQuarantine(files, folder);
  const log = createSegmentLog(folder, files, recovery.segments, recovery.position);
  const writer = createSegmentWriter(log, files, limits.segmentBytes);
  const committer = createCommitter(log, writer, limits);
  const drainer = new Drainer({ log, writer, quarantine, files, limits });

  const closedAnswer: AppendOutcome = { outcome: 'failed', reason: 'the spool is closed' };
  let closing: Promise<void> | null = null;
  const close = async (): Promise<void> => {
    await Promise.all([drainer.stop(), committer.idle()]);
    await writer.close();
    lock.release();
  };
  const spoolLog: SpoolLog = {
    append: async (record) => (closing ? closedAnswer : committer.append(record, nowMs())),
    probe: async () => (closing ? closedAnswer : committer.probe()),
    drain: (deliver) => drainer.drain(deliver),
    bytes: () => log.bytes(),
    state: () => ({
      bytes: log.bytes(),
      records: log.records(),
      oldestAppendedAtMs: log.oldestAppendedAtMs(),
      draining: drainer.draining(),
      quarantined: quarantine.count(),
      lastFailure: committer.failure() ?? drainer.failure(),
      writable:
        closing === null &&
        committer.failure() === null &&
        log.bytes() + committer.waitingBytes() < limits.maxBytes,
    }),
    close: () => (closing ??= close()),
  };
  return { outcome: 'opened', log: spoolLog };
}
