import { sinks } from '@sluice/cli/sinks';
import { setTimeout as delay } from 'node:timers/promises';
import type { Endpoints } from '@sluice/dev-servers/endpoints';
import { vendors } from '@sluice/vendors';
import { collect, mark, untilDrained } from './collect.ts';
import { balance, type Found, type Ledger } from './ledger.ts';

export interface WatchedStaff {
  readonly endpoints: Endpoints;
  readonly stream: string;
  /** Of ingress. */
  readonly metricsUrl: string;
  readonly signal: AbortSignal;
  /** Told when something came and all of it has arrived; counts are of the whole watch, the time is since it was seen. */
  readonly onLedger: (ledger: Ledger, tookMs: number) => void;
  readonly onProblem: (problem: string) => void;
}

const dataType = 'staffAction';
/** As the ledger names what staff pages of the vendors send. */
const keys = Object.values(vendors)
  .filter(({ hasStaffPages }) => hasStaffPages)
  .map(({ id }) => `${id}/${dataType}`);
const [key = ''] = keys;

/** Keeps a ledger of what staff do on panels from now on. Resolves when the signal says so. */
export async function watchStaff(watched: WatchedStaff): Promise<void> {
  const { endpoints, stream, metricsUrl, signal, onLedger, onProblem } = watched;
  try {
    const since = await mark(endpoints, stream);
    const before = await keptBatches(metricsUrl);
    let seen = before;
    for (;;) {
      await delay(500, undefined, { signal });
      const kept = await keptBatches(metricsUrl);
      if (kept === seen) continue;
      seen = kept;
      const seenAt = performance.now();
      await untilDrained(endpoints, stream);
      const found = ofStaff(await collect(endpoints, stream, since));
      onLedger(ledgerOf(found, kept - before), performance.now() - seenAt);
    }
  } catch (error) {
    if (!signal.aborted) onProblem(error instanceof Error ? error.message : String(error));
  }
}

/** One line on what staff did until now: `Staff: 3 batches acknowledged, 3 raw, 4 events, …`. */
export function staffLine({ rows, deadLetterRecords, imbalances }: Ledger, tookMs: number): string {
  const [row] = rows;
  const counts = [
    `${row?.acknowledged ?? 0} batches acknowledged`,
    `${row?.raw ?? 0} raw`,
    `${row?.events ?? 0} events`,
    ...sinks.map(({ id, title }) => `${row?.stored[id] ?? 0} in ${title}`),
    ...(deadLetterRecords > 0 ? [`${deadLetterRecords} dead letters`] : []),
  ];
  const arrived = `Staff: ${counts.join(', ')}; the last of it within ${(tookMs / 1000).toFixed(1)} s.`;
  return [arrived, ...imbalances].join(' ');
}

/** Balances what was found against the batches that ingress says it kept. Those it counts after that are no loss. */
export function ledgerOf(found: Found, kept: number): Ledger {
  const { rows, imbalances, ...rest } = balance(new Map([[key, kept]]), [], found);
  const keptByIngress = found.deadLetters.filter(({ stage }) => stage === 'INGRESS').length;
  const missing = rows
    .filter((row) => row.raw + keptByIngress < kept)
    .map((row) => `${kept} batches were acknowledged, but there are ${row.raw} raw records of staff.`);
  return {
    ...rest,
    rows: rows.map((row) => ({ ...row, acknowledged: kept })),
    imbalances: [...missing, ...imbalances],
  };
}

function ofStaff(found: Found): Found {
  const only = <V extends { readonly dataType: string }>(all: ReadonlyMap<string, V>): Map<string, V> =>
    new Map([...all].filter(([, one]) => one.dataType === dataType));
  const counted = (all: ReadonlyMap<string, number>): Map<string, number> =>
    new Map([...all].filter(([name]) => keys.includes(name)));
  return {
    raw: only(found.raw),
    events: only(found.events),
    deadLetters: found.deadLetters.filter((deadLetter) => deadLetter.dataType === dataType),
    stored: new Map([...found.stored].map(([sink, counts]) => [sink, counted(counts)])),
  };
}

/** Batches that are durable, as ingress counts them. */
async function keptBatches(metricsUrl: string): Promise<number> {
  const text = await (await fetch(metricsUrl)).text();
  return text
    .split('\n')
    .filter((line) => /^sluice_ingress_staff_requests_total\{.*route="actions"/.test(line))
    .filter((line) => /outcome="(published|spooled|dead-lettered)"/.test(line))
    .reduce((sum, line) => sum + Number(line.split(' ').at(1)), 0);
}
