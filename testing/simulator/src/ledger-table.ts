import type { SendLedger } from './send-ledger.ts';

const columns = ['sent', 'requests', 'acknowledged', 'resent', 'refused', 'gaveUp', 'records'] as const;
const mostFailures = 10;

/** A ledger for people: a row per data type, the totals, the latencies and the first failures. */
export function formatLedger(ledger: SendLedger): string {
  const head = ['vendor', 'data type', ...columns.map((name) => (name === 'gaveUp' ? 'gave up' : name))];
  const rows = ledger.types.map((counts) => [
    counts.vendor,
    counts.dataType,
    ...columns.map((name) => String(counts[name])),
  ]);
  const totals = ['all', '', ...columns.map((name) => String(ledger.totals[name]))];
  const { p50, p90, p99, max } = ledger.latencyMs;
  const [median, ninety, ninetyNine, most] = [p50, p90, p99, max].map((ms) => ms.toFixed(1));
  // Of what was acknowledged: without any there is no median.
  const latencies =
    ledger.totals.acknowledged === 0
      ? 'nothing was acknowledged'
      : `latency in ms: median ${median}, 90% ${ninety}, 99% ${ninetyNine}, most ${most}`;
  const perSecond =
    ledger.durationMs === 0 ? 0 : Math.round((ledger.totals.requests * 1000) / ledger.durationMs);
  return [
    ...alignColumns([head, ...rows, totals]),
    '',
    `${(ledger.durationMs / 1000).toFixed(1)} s, ${perSecond} requests/s, ${latencies}`,
    ...failureLines(ledger),
  ].join('\n');
}

function failureLines({ failures }: SendLedger): string[] {
  const shown = failures
    .slice(0, mostFailures)
    .map(
      ({ outcome, vendor, dataType, sourceId, id, status, detail }) =>
        `${outcome}: ${vendor} ${dataType} of ${sourceId} (${id}): ${status ?? 'no answer'}, ${detail}`,
    );
  const more = failures.length - shown.length;
  return more > 0 ? [...shown, `and ${more} more ${more === 1 ? 'failure' : 'failures'}`] : shown;
}

/** Names to the left, numbers to the right. */
function alignColumns(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
}
