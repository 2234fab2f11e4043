import type { PlainPush } from '@sluice/simulator/push';
import { seededRandom } from '@sluice/simulator/random';
import { sealPushes } from '@sluice/simulator/seal-push';
import { sendTraffic } from '@sluice/simulator/send';
import type { SendCounts, SendLedger } from '@sluice/simulator/send-ledger';
import { simulatedSources } from '@sluice/vendors/simulators';
import { generateTraffic } from '@sluice/simulator/traffic';
import type { System } from './system.ts';
import { waitFor } from './wait-for.ts';

export interface LoadOptions {
  readonly seed: string;
  /** Pushes per second. */
  readonly rate: number;
  /** Requests at a time. Default 32. */
  readonly connections?: number;
  /** 0 to 1: how many of the acknowledged pushes are sent again. Default: 0.05. */
  readonly resendShare?: number;
  /** The instance of ingress that gets those. Default: the first, as all. */
  readonly resendUrl?: string;
  /** How long a push that is not acknowledged is sent again. Default 120 s, as a vendor would; 0 for once only. */
  readonly retryForMs?: number;
}

/** Enough for a history to lie in two or three months. */
const days = 40;

/** The vendors' traffic of some weeks, one push in twenty sent again, for as long as a case needs it. */
export interface Load {
  counts(): SendCounts;
  /**
   * Waits until so many more pushes are acknowledged than now.
   * @returns ms
   * @throws when none is for `stallMs`, 120 s by default: longer than a vendor continues sending
   */
  untilAcknowledged(more: number, stallMs?: number): Promise<number>;
  /** Sends nothing new, and waits until every push has its answer or is given up. */
  finish(): Promise<SendLedger>;
}

const none: SendCounts = {
  sent: 0,
  requests: 0,
  acknowledged: 0,
  resent: 0,
  resendsFailed: 0,
  refused: 0,
  gaveUp: 0,
  records: 0,
};

export async function startLoad(
  { ingressUrl, sourcesFile }: Pick<System, 'ingressUrl' | 'sourcesFile'>,
  options: LoadOptions,
): Promise<Load> {
  const sources = await simulatedSources(sourcesFile);
  const run = new Date().toISOString();
  let counts = none;
  let stopped = false;
  function* untilStopped(): Generator<PlainPush, void> {
    for (const push of generateTraffic({ sources, seed: options.seed, run, now: Date.now, days })) {
      if (stopped) return;
      yield push;
    }
  }
  const sending = sendTraffic({
    baseUrl: ingressUrl,
    pushes: sealPushes(untilStopped(), sources, { now: Date.now, random: seededRandom(options.seed + run) }),
    connections: options.connections ?? 32,
    ratePerSecond: options.rate,
    resendShare: options.resendShare ?? 0.05,
    resendUrl: options.resendUrl,
    retryForMs: options.retryForMs ?? 120_000,
    onProgress: (now) => (counts = now),
  });
  // Anybody who finishes hears of it; until then it is not unhandled.
  sending.catch(() => undefined);
  return {
    counts: () => counts,
    async untilAcknowledged(more, stallMs = 120_000) {
      const startedAt = performance.now();
      const wanted = counts.acknowledged + more;
      while (counts.acknowledged < wanted) {
        const before = counts.acknowledged;
        const what = `one of ${wanted - before} more pushes is acknowledged`;
        await waitFor(what, () => counts.acknowledged > before, stallMs);
      }
      return performance.now() - startedAt;
    },
    finish() {
      stopped = true;
      return sending;
    },
  };
}
