/** A column of a table: names stand to the left, numbers to the right. */
export interface Column<Row> {
  readonly title: string;
  readonly align: 'left' | 'right';
  readonly cell: (row: Row) => string;
}

export function renderTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const body = rows.map((row) => columns.map(({ cell }) => cell(row)));
  const widths = columns.map(({ title }, index) =>
    Math.max(title.length, ...body.map((cells) => cells[index]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    columns
      .map(({ align }, index) => {
        const [cell, width] = [cells[index] ?? '', widths[index] ?? 0];
        return align === 'left' ? cell.padEnd(width) : cell.padStart(width);
      })
      .join('  ')
      .trimEnd();
  return [
    line(columns.map(({ title }) => title)),
    widths.map((width) => '─'.repeat(width)).join('──'),
    ...body.map(line),
  ].join('\n');
}

/** `12,345`: whole, grouped. */
export function whole(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** `4.1`, and `–` for what was not measured. */
export function tenths(value: number): string {
  return Number.isFinite(value) ? value.toFixed(1) : '–';
}
