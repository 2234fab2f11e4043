import { Presets, SingleBar } from 'cli-progress';
import type { SendCounts } from './send-ledger.ts';

export interface ProgressReport {
  update(counts: SendCounts, expected: number): void;
  stop(): void;
}

const lineEveryMs = 3_000;

/**
 * Shows a run's progress: a bar in a terminal, elsewhere a plain line every three seconds and at the end.
 * @param now milliseconds from any fixed moment
 */
export function startProgressBar(
  stream: NodeJS.WriteStream = process.stderr,
  now: () => number = () => performance.now(),
): ProgressReport {
  return stream.isTTY ? drawBar(stream) : writeLines(stream, now);
}

function drawBar(stream: NodeJS.WriteStream): ProgressReport {
  const bar = new SingleBar(
    {
      stream,
      format: 'sending {bar} {value}/{total} pushes, {requests} requests, {failed} failed',
      hideCursor: true,
    },
    Presets.shades_classic,
  );
  let started = false;
  return {
    update: (counts, expected) => {
      const payload = { requests: counts.requests, failed: failures(counts) };
      if (started) bar.update(finished(counts), payload);
      else bar.start(expected, finished(counts), payload);
      started = true;
    },
    stop: () => bar.stop(),
  };
}

function writeLines(stream: NodeJS.WritableStream, now: () => number): ProgressReport {
  let last = now();
  let unwritten = '';
  const write = () => {
    stream.write(unwritten);
    unwritten = '';
  };
  return {
    update: (counts, expected) => {
      unwritten = `sent ${finished(counts)} of ${expected} pushes, ${counts.requests} requests, ${failures(counts)} failed\n`;
      if (now() - last < lineEveryMs) return;
      last = now();
      write();
    },
    stop: write,
  };
}

function finished({ acknowledged, refused, gaveUp }: SendCounts): number {
  return acknowledged + refused + gaveUp;
}

function failures({ refused, gaveUp }: SendCounts): number {
  return refused + gaveUp;
}
