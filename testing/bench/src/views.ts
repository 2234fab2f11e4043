import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fillHistory } from '@sluice/sink-clickhouse/fill-history';
import { migrateClickHouse } from '@sluice/sink-clickhouse/migrate';
import type { BenchReport, BenchRun } from './bench-run.ts';
import { renderTable, tenths, whole, type Column } from './table.ts';

interface Row {
  readonly view: string;
  /** What the server says that it must read of tables. */
  readonly rows: number;
  /** The smallest of the limits within which the query ends; infinite when it ends within none. */
  readonly withinMiB: number;
  /** Of the query within that limit. */
  readonly seconds: number;
}

const columns: readonly Column<Row>[] = [
  { title: 'view', align: 'left', cell: ({ view }) => view },
  { title: 'rows to read', align: 'right', cell: ({ rows }) => whole(rows) },
  { title: 'ends within MiB', align: 'right', cell: ({ withinMiB }) => whole(withinMiB) },
  { title: 'seconds', align: 'right', cell: ({ seconds }) => tenths(seconds) },
];

const page = join(import.meta.dirname, '../../../docs/guides/querying.md');
const limitsMiB = [64, 128, 256, 512, 1024, 2048];
const promisedMiB = 512;
const yearMs = 365 * 86_400_000;
const deadlineMs = 10 * 60_000;

/** What the queries of docs/guides/querying.md over a span of time cost, each with a year of history in ClickHouse. */
export async function benchViews({
  endpoints,
  stream,
  options,
  progress,
  interrupted,
}: BenchRun): Promise<BenchReport> {
  const [url, to] = [endpoints.clickhouseUrl, Date.now()];
  await migrateClickHouse({ url, username: 'default', database: stream });
  const statements = fillHistory({ conversations: options.records, from: to - yearMs, to });
  for (const [at, statement] of statements.entries()) {
    if (at % 10 === 0) progress(`filling ClickHouse: ${at} of ${statements.length} statements…`);
    await Promise.race([ask(url, stream, statement), interrupted]);
  }
  const rows: Row[] = [];
  for (const query of await queriesOfSpans(stream)) {
    const names = query
      .split('_between(')
      .slice(0, -1)
      .map((before) => before.split(/\W/).at(-1));
    // A query that joins several is named for all of them.
    const view = [...new Set(names)].join(' + ');
    progress(`${view}…`);
    rows.push(await Promise.race([measure(url, stream, view, query), interrupted]));
  }
  const text = [
    `${whole(options.records)} conversations in a year; each query of docs/guides/querying.md over a span.`,
    '',
    renderTable(columns, rows),
  ].join('\n');
  return { text, figures: { rows }, sound: rows.every(({ withinMiB }) => withinMiB <= promisedMiB) };
}

/** The page's queries; what it calls `sluice` is the stream's database. */
async function queriesOfSpans(stream: string): Promise<string[]> {
  const text = await readFile(page, 'utf8');
  return [...text.matchAll(/```sql\n([\s\S]*?)```/g)]
    .map(([, sql = '']) => sql.trim().replaceAll('sluice.', `\`${stream}\`.`))
    .filter((sql) => sql.includes('_between('));
}

async function measure(url: string, database: string, view: string, query: string): Promise<Row> {
  const estimate = await ask(url, database, `EXPLAIN ESTIMATE ${query} FORMAT TSV`);
  // A line for each table: database, table, parts, rows, marks.
  const rows = (estimate.body ?? '')
    .split('\n')
    .reduce((sum, line) => sum + Number(line.split('\t')[3] ?? 0), 0);
  for (const withinMiB of limitsMiB) {
    const startedAt = performance.now();
    const limited = `${query}\nSETTINGS max_memory_usage = ${withinMiB * 2 ** 20}`;
    if ((await ask(url, database, limited, 'or-too-much-memory')).body !== null)
      return { view, rows, withinMiB, seconds: (performance.now() - startedAt) / 1000 };
  }
  return { view, rows, withinMiB: Infinity, seconds: NaN };
}

/**
 * @returns the answer; null in its place when the query needed more memory than it may have, and that is allowed
 * @throws when ClickHouse refuses the statement, or does not end within 10 minutes
 */
async function ask(
  url: string,
  database: string,
  sql: string,
  memory: 'enough' | 'or-too-much-memory' = 'enough',
): Promise<{ body: string | null }> {
  const signal = AbortSignal.timeout(deadlineMs);
  const answer = await fetch(`${url}/?database=${database}`, { method: 'POST', body: sql, signal });
  const body = await answer.text();
  if (answer.ok) return { body };
  if (memory === 'or-too-much-memory' && body.includes('MEMORY_LIMIT_EXCEEDED')) return { body: null };
  throw new Error(`ClickHouse refused a statement: ${body.slice(0, 500)}`);
}
