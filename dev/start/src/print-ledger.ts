import { sinks } from '@sluice/cli/sinks';
import type { Ledger, LedgerRow } from './ledger.ts';

type Counted = 'sent' | 'acknowledged' | 'raw' | 'dead' | 'same' | 'events' | 'rejected';

interface Column {
  readonly title: string;
  readonly of: (row: LedgerRow) => number;
}

const counted = (key: Counted, title: string = key): Column => ({ title, of: (row) => row[key] });

const columns: readonly Column[] = [
  counted('sent'),
  counted('acknowledged', 'acked'),
  ...(['raw', 'dead', 'same', 'events', 'rejected'] as const).map((key) => counted(key)),
  ...sinks.map(({ id }): Column => ({ title: id, of: (row) => row.stored[id] })),
];

/** What is below a ledger for who sees one for the first time. */
export const legend = `  acked = raw + dead + same. raw: payloads in Kafka's raw topics; dead: dead letters of ingress; same: pushes with the same
  payload as another one. events: what the normalizer made of them; rejected: its dead letters, and those of the
  sinks; ${sinks.map(({ id }) => id).join(', ')}: events in the stores. Each is counted once, however often it was sent or written.`;

/**
 * The ledger as a table, with its sums, everything that does not add up, and what a reader should know.
 * @param known says why there are dead letters, where that is known
 */
export function renderLedger(ledger: Ledger, known = ''): string {
  const sumOf = (of: Column['of']): number => ledger.rows.reduce((sum, row) => sum + of(row), 0);
  const body = [
    ...ledger.rows.map((row) => [row.vendor, row.dataType, ...columns.map(({ of }) => String(of(row)))]),
    ['all', '', ...columns.map(({ of }) => String(sumOf(of)))],
  ];
  const head = ['vendor', 'data type', ...columns.map(({ title }) => title)];
  const widths = head.map((title, index) =>
    Math.max(title.length, ...body.map((cells) => cells[index]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, index) => (index < 2 ? cell.padEnd(widths[index] ?? 0) : cell.padStart(widths[index] ?? 0)))
      .join('  ');
  const rule = widths.map((width) => '─'.repeat(width)).join('──');
  return [
    line(head),
    rule,
    ...body.slice(0, -1).map(line),
    rule,
    line(body.at(-1) ?? []),
    '',
    acknowledgedLine({
      acknowledged: sumOf((row) => row.acknowledged),
      raw: sumOf((row) => row.raw),
      dead: sumOf((row) => row.dead),
      same: sumOf((row) => row.same),
    }),
    deadLettersOf(ledger, known),
    ...(ledger.imbalances.length === 0
      ? ['The ledger balances.']
      : ['The ledger does not balance:', ...ledger.imbalances.map((one) => `  ${one}`)]),
  ].join('\n');
}

const number = new Intl.NumberFormat('en');

/** `5,070 acknowledged = 5,044 raw + 18 dead letters + 8 with the payload of another.` */
function acknowledgedLine({
  acknowledged,
  raw,
  dead,
  same,
}: Pick<LedgerRow, 'acknowledged' | 'raw' | 'dead' | 'same'>): string {
  const unacknowledged = raw + dead + same - acknowledged;
  const more =
    unacknowledged > 0
      ? ` ${number.format(unacknowledged)} more were kept without an acknowledgement: the sender gave them up.`
      : '';
  const kept = number.format(unacknowledged > 0 ? raw - unacknowledged : raw);
  return `${number.format(acknowledged)} acknowledged = ${kept} raw + ${number.format(dead)} dead letters + ${number.format(same)} with the payload of another.${more}`;
}

function deadLettersOf({ deadLetters, deadLetterRecords }: Ledger, known: string): string {
  if (deadLetters.size === 0) return 'Dead letters: none.';
  const reasons = [...deadLetters].map(([reason, count]) => `${number.format(count)} ${reason}`).join(', ');
  const distinct = [...deadLetters.values()].reduce((sum, count) => sum + count, 0);
  const records =
    deadLetterRecords > distinct
      ? ` They are ${number.format(deadLetterRecords)} records in the topic: what is sent again leaves one more.`
      : '';
  return `Dead letters: ${reasons}.${known === '' ? '' : ` ${known}`}${records}`;
}
