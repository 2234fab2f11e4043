import { setTimeout as delay } from 'node:timers/promises';
import { bySink } from '@sluice/cli/sinks';
import { sums } from '@sluice/monitoring/dashboards';
import { asChosen, asPromQl } from '@sluice/monitoring/render-dashboard';
import type { RunningPrometheus } from '@sluice/monitoring/start-prometheus';
import type { SendCounts } from '@sluice/simulator/send-ledger';
import type { Found } from './ledger.ts';

export type OverviewFigures = Readonly<Record<keyof typeof sums, number>>;

/**
 * What the sums of the overview must show when the processes began with this traffic. They count what was done, so that
 * a push that was sent and stored twice counts twice; the ledger counts each thing once.
 */
export function figuresOf(
  totals: Pick<SendCounts, 'acknowledged' | 'resent' | 'resendsFailed'>,
  { events, deadLetters }: Pick<Found, 'events' | 'deadLetters'>,
): OverviewFigures {
  const made = [...events.values()].reduce((sum, { records }) => sum + records, 0);
  const refusedBy = (stage: string): number =>
    deadLetters.filter((deadLetter) => deadLetter.stage === stage).length;
  return {
    acknowledged: totals.acknowledged + totals.resent - totals.resendsFailed,
    events: made,
    ...bySink(({ stage }) => made - refusedBy(stage)),
    deadLetters: deadLetters.length,
  };
}

type Asked = Pick<RunningPrometheus, 'query' | 'startedAtMs'>;

/** What the overview shows of the time since Prometheus was started; 0 where it shows nothing. */
export async function readOverview(prometheus: Asked): Promise<OverviewFigures> {
  const range = `${Math.max(1, Math.round((Date.now() - prometheus.startedAtMs) / 1000))}s`;
  const shown = await Promise.all(
    Object.entries(sums).map(async ([name, { queries }]) => {
      const [found] = await prometheus.query(asPromQl(asChosen(queries[0]?.[0] ?? ''), '.*', range));
      return [name, found?.value ?? 0] as const;
    }),
  );
  return Object.fromEntries(shown) as OverviewFigures;
}

/** A sum of the overview that is not what was done. */
export interface Difference {
  readonly message: string;
  /** Less than was done is a fault. More is work that was begun again, as after a lost membership of a group. */
  readonly isLess: boolean;
}

/**
 * Compares the overview with what it must show, once everything was scraped that was counted.
 * @param withinMs how long that may take
 */
export async function compareOverview(
  prometheus: Asked,
  wanted: OverviewFigures,
  withinMs = 15_000,
): Promise<Difference[]> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const shown = await readOverview(prometheus);
    const names = Object.keys(wanted) as (keyof OverviewFigures)[];
    const differing = names.filter((name) => shown[name] !== wanted[name]);
    if (differing.length === 0 || performance.now() > deadline)
      return differing.map((name) => ({
        message: `The overview shows ${shown[name]} at "${sums[name].title}", and it is ${wanted[name]}.`,
        isLess: shown[name] < wanted[name],
      }));
    await delay(250);
  }
}
