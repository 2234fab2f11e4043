import type { Ledger, LedgerRow } from './ledger.ts';

const columns = [
  ['sent', 'sent'],
  ['acknowledged', 'acked'],
  ['raw', 'raw'],
  ['normalized', 'normalized'],
  ['deadLettered', 'dead'],
  ['events', 'events'],
  ['rows', 'clickhouse'],
  ['documents', 'elastic'],
] as const satisfies [keyof LedgerRow, string][];

/** The ledger as a table, with its sums and everything that does not add up. */
export function renderLedger(ledger: Ledger): string {
  const total = { vendor: 'all', dataType: '' } as Record<string, number | string>;
  for (const [key] of columns) total[key] = ledger.rows.reduce((sum, row) => sum + row[key], 0);
  const body = [...ledger.rows, total].map((row) => [
    String(row.vendor),
    String(row.dataType),
    ...columns.map(([key]) => String((row as Record<string, number | string>)[key])),
  ]);
  const head = ['vendor', 'data type', ...columns.map(([, title]) => title)];
  const widths = head.map((title, index) =>
    Math.max(title.length, ...body.map((cells) => cells[index]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, index) => (index < 2 ? cell.padEnd(widths[index] ?? 0) : cell.padStart(widths[index] ?? 0)))
      .join('  ');
  const rule = widths.map((width) => '─'.repeat(width)).join('──');
  const letters = [...ledger.deadLetters].map(([reason, count]) => `${count} ${reason}`);
  return [
    line(head),
    rule,
    ...body.slice(0, -1).map(line),
    rule,
    line(body.at(-1) ?? []),
    '',
    ...(ledger.repeated === 0
      ? []
      : [
          `${ledger.repeated} acknowledged pushes say what another one says, to the byte: the table counts them as sent, and their payload once.`,
        ]),
    `Dead letters: ${letters.length === 0 ? 'none' : letters.join(', ')}.`,
    ...(ledger.imbalances.length === 0
      ? ['The ledger balances.']
      : ['The ledger does not balance:', ...ledger.imbalances.map((one) => `  ${one}`)]),
  ].join('\n');
}
