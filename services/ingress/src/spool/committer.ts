import type { OutgoingRecord } from '@sluice/kafka/publisher';
import { frameOf, segmentHeaderBytes } from './frame.ts';
import { recordToBody } from './record-body.ts';
import type { SegmentLog } from './segment-log.ts';
import type { SegmentWriter, WaitingFrame } from './segment-writer.ts';
import type { AppendOutcome } from './spooled.ts';
import type { SpoolLimits } from './spool-limits.ts';

/**
 * Group commit: one commit is out at a time, and the next one takes what arrived meanwhile. There is no linger:
 * a lone record never waits.
 */
export interface Committer {
  append(record: OutgoingRecord, appendedAtMs: number): Promise<AppendOutcome>;
  probe(): Promise<AppendOutcome>;
  /** Bytes of the disk that waiting records will take, at most. */
  waitingBytes(): number;
  /** Why the last commit failed, or null when it did not. */
  failure(): string | null;
  /** Resolves when nothing waits and no commit is out. */
  idle(): Promise<void>;
}

interface Waiting extends WaitingFrame {
  readonly answer: (outcome: AppendOutcome) => void;
}

export function createCommitter(log: SegmentLog, writer: SegmentWriter, limits: SpoolLimits): Committer {
  const waiting: Waiting[] = [];
  const probes: Waiting['answer'][] = [];
  let waitingBytes = 0;
  let failure: string | null = null;
  let committing: Promise<void> | null = null;

  const commit = async (): Promise<void> => {
    const batch = waiting.splice(0, fitting(waiting, writer.room(waiting[0]?.frame.length ?? 0)));
    const asking = probes.splice(0);
    const written = await writer.write(batch);
    failure = written.outcome === 'failed' ? written.reason : null;
    for (const { frame } of batch) waitingBytes -= bytesOnDisk(frame);
    const outcome: AppendOutcome = written.outcome === 'written' ? { outcome: 'spooled' } : written;
    for (const answer of [...batch.map((each) => each.answer), ...asking]) answer(outcome);
  };
  const commitAll = async (): Promise<void> => {
    // Callers of the same turn go together.
    await Promise.resolve();
    while (waiting.length > 0 || probes.length > 0) await commit();
    committing = null;
  };

  return {
    async append(record, appendedAtMs) {
      const frame = frameOf(recordToBody(record), appendedAtMs);
      const bytes = bytesOnDisk(frame);
      if (waitingBytes + bytes > limits.maxWaitingBytes) return { outcome: 'full' };
      if (log.bytes() + waitingBytes + bytes > limits.maxBytes) return { outcome: 'full' };
      waitingBytes += bytes;
      const answered = new Promise<AppendOutcome>((answer) => waiting.push({ frame, appendedAtMs, answer }));
      committing ??= commitAll();
      return answered;
    },
    probe() {
      committing ??= commitAll();
      return new Promise((answer) => probes.push(answer));
    },
    waitingBytes: () => waitingBytes,
    failure: () => failure,
    idle: () => committing ?? Promise.resolve(),
  };
}

/** Each record may be the first of a segment. */
function bytesOnDisk(frame: Buffer): number {
  return frame.length + segmentHeaderBytes;
}

/** How many of the head fit together; the first one always does. */
function fitting(waiting: readonly Waiting[], room: number): number {
  let bytes = 0;
  for (const [index, { frame }] of waiting.entries()) {
    bytes += frame.length;
    if (index > 0 && bytes > room) return index;
  }
  return waiting.length;
}
