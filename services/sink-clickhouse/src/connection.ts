import { addAbortSignal, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import {
  ClickHouseError,
  ClickHouseLogLevel,
  createClient,
  parseError,
  type ClickHouseClient,
  type ClickHouseSettings,
} from '@clickhouse/client';
import { linesOf } from '@sluice/sink/well-formed';
import { onCluster } from './on-cluster.ts';

export interface ClickHouseConnection {
  /** `http://host:8123` */
  readonly url: string;
  readonly username: string;
  /** Read for each request. Default: empty. */
  readonly password?: () => string;
  /** The stream's database. */
  readonly database: string;
  /** Whose replicas have the database, as `ON CLUSTER` names it. Default: one server, or one that replicates by itself. */
  readonly cluster?: string;
  /** How long one request may take, from the look-up of the name to the last byte, in ms. Default: 30 s. */
  readonly requestTimeoutMs?: number;
}

const defaultTimeoutMs = 30_000;

/** ClickHouse over HTTP. Each call asks once, within the connection's deadline; what fails is thrown. */
export interface ClickHouse {
  /** Runs a statement that answers nothing; one that changes what a database has, on all replicas. */
  run(statement: string, settings?: ClickHouseSettings): Promise<void>;
  /**
   * Inserts rows.
   * @param into the table and its columns: `d.t (a, b)`
   * @param rows as JSONCompactEachRow takes them, a line each
   * @throws as `run`, and when the server tells that it wrote some of the rows and not all
   */
  insert(into: string, rows: readonly string[], settings: ClickHouseSettings): Promise<void>;
  /** All rows of a SELECT without a FORMAT. */
  rows<T>(select: string, parameters?: Record<string, unknown>): Promise<T[]>;
  close(): Promise<void>;
}

/**
 * What decides whether ClickHouse can answer 200 before it knows how a statement ends, pinned since a profile may have
 * set it otherwise (ClickHouse/ClickHouse#33205, #65117): headers wait for the end, and an exception is a status and
 * not a part of the result.
 */
const honest = {
  wait_end_of_query: 1,
  send_progress_in_http_headers: 0,
  http_write_exception_in_output_format: 0,
} as const satisfies ClickHouseSettings;

/**
 * Connects without asking anything yet. Answers are checked for what they say and not by their status alone: a
 * statement that answers nothing has an empty body, a SELECT one whole JSON document.
 * @param defaultDatabase what unqualified names mean. Leave it out to reach a server that lacks the database.
 */
export function connect(connection: ClickHouseConnection, defaultDatabase?: string): ClickHouse {
  const { url, cluster, requestTimeoutMs = defaultTimeoutMs } = connection;
  const client = createClient({
    url,
    request_timeout: requestTimeoutMs,
    // Callers bound what they ask at once. With the client's default of 10, one table that hangs would hold up all.
    max_open_connections: 1_000,
    application: 'sluice',
    log: { level: ClickHouseLogLevel.OFF },
    ...(defaultDatabase === undefined ? {} : { database: defaultDatabase }),
  });
  const ask = askHonestly(client, connection);
  return {
    async run(statement, settings = {}) {
      const { body } = await ask(cluster === undefined ? statement : onCluster(statement, cluster), {
        ...settings,
        // Without it a statement for replicas answers a table of them.
        distributed_ddl_output_mode: 'none',
        distributed_ddl_task_timeout: String(Math.ceil((0.8 * requestTimeoutMs) / 1_000)),
      });
      if (body.trim() !== '') throw refusal(200, body);
    },
    async insert(into, rows, settings) {
      const values = Readable.from([linesOf(rows)]);
      const { body, writtenRows } = await ask(`INSERT INTO ${into} FORMAT JSONCompactEachRow`, settings, {
        values,
      });
      if (body.trim() !== '') throw refusal(200, body);
      // Not every server counts: then it tells none. Materialized views count too.
      if (writtenRows > 0 && writtenRows < rows.length)
        throw new Error(`ClickHouse wrote ${writtenRows} of ${rows.length} rows.`);
    },
    async rows<T>(select: string, parameters: Record<string, unknown> = {}) {
      const { body } = await ask(`${select} FORMAT JSON`, {}, { query_params: parameters });
      return rowsOf<T>(body);
    },
    close: () => client.close(),
  };
}

/** Asks within a deadline, and judges the answer. */
function askHonestly(
  client: ClickHouseClient,
  { username, password = () => '', requestTimeoutMs = defaultTimeoutMs }: ClickHouseConnection,
) {
  return async (
    query: string,
    settings: ClickHouseSettings,
    more: { values?: Readable; query_params?: Record<string, unknown> } = {},
  ): Promise<{ body: string; writtenRows: number }> => {
    const deadline = AbortSignal.timeout(requestTimeoutMs);
    try {
      const answer = await client.exec({
        query,
        auth: { username, password: password() },
        clickhouse_settings: { ...settings, ...honest },
        abort_signal: deadline,
        // Judged here: the client does not say which status there was.
        ignore_error_response: true,
        ...more,
      });
      const body = await text(addAbortSignal(deadline, answer.stream));
      const { http_status_code: status = 0, response_headers: headers, summary } = answer;
      if (status !== 200 || headers['x-clickhouse-exception-code'] !== undefined) throw refusal(status, body);
      return { body, writtenRows: Number(summary?.written_rows ?? 0) };
    } catch (error) {
      if (!deadline.aborted) throw error;
      throw new Error(`ClickHouse did not answer within ${requestTimeoutMs} ms.`, { cause: error });
    }
  };
}

/** @throws what the body says instead of a whole result: cut off, empty, an exception, or a proxy's page */
function rowsOf<T>(body: string): T[] {
  let answer: unknown;
  try {
    answer = JSON.parse(body);
  } catch {
    throw refusal(200, body);
  }
  const { data } = (answer ?? {}) as { data?: unknown };
  if (!Array.isArray(data)) throw refusal(200, body);
  return data as T[];
}

/** An answer that is no result and no exception of ClickHouse: a proxy's, or nobody knows whose. */
export class StrangeAnswer extends Error {
  readonly status: number;
  constructor(status: number) {
    super(`ClickHouse, or what listens there, answered ${status} without a result or an exception.`);
    this.status = status;
  }
}

/** What an answer says that is no result: ClickHouse's own exception where it is one, whatever the status. */
function refusal(status: number, body: string): Error {
  const parsed = parseError(withoutQuotedRows(body).slice(0, 16_384));
  return parsed instanceof ClickHouseError ? parsed : new StrangeAnswer(status);
}

/**
 * ClickHouse's answer without the rows that it quotes column by column, whole and at any length, when it cannot parse one
 * of them. What stands before them names the column, and the last line the exception.
 */
export function withoutQuotedRows(answer: string): string {
  return answer.replace(/\n: \nRow \d+:\n.*(?=\n: [^\n]*\n?$)/s, '');
}

/**
 * The database's name as it is in a statement.
 * @throws when it has anything but letters, digits, `_` and `-`
 */
export function quotedDatabase({ database }: Pick<ClickHouseConnection, 'database'>): string {
  if (/^[\w-]+$/.test(database)) return `\`${database}\``;
  throw new Error(`"${database}" cannot name a database: use letters, digits, "_" and "-".`);
}
