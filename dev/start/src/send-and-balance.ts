import type { RunningPrometheus } from '@sluice/monitoring/start-prometheus';
import { startProgressBar } from '@sluice/simulator/progress-bar';
import type { SendLedger } from '@sluice/simulator/send-ledger';
import { simulate } from '@sluice/simulator/simulate';
import { loadSimulators } from '@sluice/vendors/simulators';
import { collect, mark, untilDrained } from './collect.ts';
import { balance, type Found } from './ledger.ts';
import type { StartOptions } from './options.ts';
import { compareOverview, figuresOf, type Difference, type OverviewFigures } from './overview.ts';
import { legend, renderLedger } from './print-ledger.ts';
import type { ServicePlan } from './services.ts';

export interface TrafficRun {
  readonly options: StartOptions;
  readonly plan: ServicePlan;
  readonly ingressUrl: string;
  /** Ends the sending; what was sent by then is balanced. */
  readonly signal: AbortSignal;
  /** The one that scrapes the services; its overview is compared with the ledger. */
  readonly prometheus: RunningPrometheus | undefined;
  /** Nothing was left of a former run when the services began: they count that too, and no ledger does. */
  readonly isFresh: boolean;
  readonly say: (line: string) => void;
}

/**
 * Sends the vendors' traffic, waits until it has arrived, and prints what arrived where.
 * @returns whether everything adds up
 */
export async function sendAndBalance(run: TrafficRun): Promise<boolean> {
  const { options, plan, say } = run;
  const { endpoints, stream } = plan;
  const since = await mark(endpoints, stream);
  const spread = options.days === 0 ? '' : ` of the last ${options.days} days`;
  say(
    `\nSending the vendors' own samples and ${options.pushes} simulated pushes${spread} (seed ${options.seed})…`,
  );
  const sent = await send(run);
  say(summaryOf(sent));
  await untilDrained(endpoints, stream);
  const found = await collect(endpoints, stream, since);
  const ledger = balance(
    new Map(sent.types.map((type) => [`${type.vendor}/${type.dataType}`, type.sent])),
    sent.acknowledged,
    found,
  );
  const figures = figuresOf(sent.totals, found);
  const compared = run.isFresh ? run.prometheus : undefined;
  const differences = compared ? await compareOverview(compared, figures) : [];
  const missing = differences.filter(({ isLess }) => isLess).map(({ message }) => message);
  const imbalances = [...failuresOf(sent), ...ledger.imbalances, ...missing];
  say(`\n${renderLedger({ ...ledger, imbalances }, whyDead(sent, found))}\n\n${legend}\n`);
  if (compared) for (const message of overviewMessages(figures, differences)) say(message);
  return imbalances.length === 0;
}

async function send({ options, plan, ingressUrl, signal }: TrafficRun): Promise<SendLedger> {
  const progress = startProgressBar();
  return simulate({
    baseUrl: ingressUrl,
    sourcesFile: plan.sourcesFile,
    simulators: await loadSimulators(),
    pushes: options.pushes,
    days: options.days,
    seed: options.seed,
    includeSamples: true,
    signal,
    onProgress: (counts, expected) => progress.update(counts, expected),
  }).finally(() => progress.stop());
}

/** Says so where the pages' own ciphertexts, which nobody can open, are all that is dead. */
function whyDead({ acknowledged }: SendLedger, { deadLetters }: Found): string {
  const unopenable = new Set(
    acknowledged
      .filter(({ presealed }) => presealed)
      .map(({ sourceId, payloadHash }) => `${sourceId}/${payloadHash}`),
  );
  const isExpected = deadLetters.every(({ sourceId, id }) => unopenable.has(`${sourceId}/${id}`));
  return isExpected
    ? "As expected: they are the vendors' own encrypted samples, whose keys are not published."
    : '';
}

function summaryOf({ totals, latencyMs, durationMs }: SendLedger): string {
  const perSecond = Math.round(totals.requests / (durationMs / 1000));
  return `Sent ${totals.sent} pushes in ${totals.requests} requests, ${totals.resent} of them resends; ${totals.acknowledged} acknowledged, ${perSecond} requests/s, p99 ${latencyMs.p99.toFixed(1)} ms.`;
}

/** Everything here is the vendor's own and well signed: what was not acknowledged is a fault. */
function failuresOf({ failures }: SendLedger): string[] {
  return failures.slice(0, 10).map(({ outcome, vendor, dataType, status, detail }) => {
    return `${vendor} ${dataType}: ${outcome} (${status === undefined ? detail : `${status} ${detail}`}).`;
  });
}

function overviewMessages(
  { acknowledged, events, deadLetters }: OverviewFigures,
  differences: readonly Difference[],
): string[] {
  if (differences.length > 0)
    return differences
      .filter(({ isLess }) => !isLess)
      .map(({ message }) => `${message} Something was worked on twice, as after a lost connection.`);
  return [
    `The overview in Prometheus shows the same, where what was sent twice counts twice: ${acknowledged} acknowledged, ${events} events, all of them in both stores, ${deadLetters} dead letters.`,
  ];
}
