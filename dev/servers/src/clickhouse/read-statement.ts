import type { Statement } from './engine.ts';

/**
 * Parameters of ClickHouse's HTTP interface that are no settings of the engine, and settings whose subject is not
 * in it: inserts that the server collects, and the order in which an answer's bytes are sent.
 */
const notForTheEngine = new Set([
  ...['query', 'query_id', 'database', 'default_format', 'user', 'password', 'quota_key', 'role'],
  ...[
    'session_id',
    'session_check',
    'session_timeout',
    'close_session',
    'stacktrace',
    'compress',
    'decompress',
  ],
  ...['buffer_size', 'wait_end_of_query', 'enable_http_compression', 'http_zlib_compression_level'],
  ...[
    'send_progress_in_http_headers',
    'http_headers_progress_interval_ms',
    'http_write_exception_in_output_format',
  ],
  ...['async_insert', 'wait_for_async_insert', 'async_insert_busy_timeout_ms', 'async_insert_max_data_size'],
  ...[
    'async_insert_busy_timeout_max_ms',
    'async_insert_busy_timeout_min_ms',
    'wait_for_async_insert_timeout',
  ],
]);

/** An insert whose rows, in the format it names, are the rest of the text. */
const insertOfBody = /^\s*INSERT\s+INTO\s[\s\S]*\sFORMAT\s+(\w+)\s*$/i;

/** A request as ClickHouse understands it: the body follows the SQL of the URL. */
export interface ReadStatement extends Statement {
  queryId: string | undefined;
  /** Rows of the body, where its format has one on each line; undefined when the request is no insert of a body. */
  insertedRows: number | undefined;
}

/** Reads the statement from a request's URL, its headers and its body (decompressed). */
export function readStatement(
  url: URL,
  headers: { database?: string | undefined },
  body: string,
): ReadStatement {
  const parameters = [...url.searchParams];
  const inUrl = url.searchParams.get('query');
  const insert = inUrl === null ? null : insertOfBody.exec(inUrl);
  return {
    sql: inUrl === null ? body : `${inUrl}\n${body}`,
    database: url.searchParams.get('database') ?? headers.database,
    settings: parameters.filter(([name]) => !notForTheEngine.has(name)),
    format: url.searchParams.get('default_format') ?? 'TabSeparated',
    queryId: url.searchParams.get('query_id') ?? undefined,
    insertedRows: insert ? countRows(insert[1] ?? '', body) : undefined,
  };
}

function countRows(format: string, body: string): number {
  const lines = body.split('\n').filter((line) => line.trim() !== '').length;
  return format.endsWith('WithNames') ? Math.max(0, lines - 1) : lines;
}
