import { createRequire } from 'node:module';
import { join } from 'node:path';

/** The part of chdb's Session that is used: one connection to the engine in this process. */
interface Session {
  query(sql: string, format?: string): string;
  queryAsync(
    sql: string,
    options: { format: string },
  ): Promise<{ bytes(): Uint8Array; rowsRead: number; bytesRead: number }>;
  close(): void;
}

interface Chdb {
  Session: new (path: string, options?: { connectionArgs: string[] }) => Session;
  drainPending(): Promise<void>;
}

/** What runs for one request. */
export interface Statement {
  sql: string;
  database: string | undefined;
  settings: readonly (readonly [name: string, value: string])[];
  /** When the SQL names none. */
  format: string;
}

/** What a statement gave. */
export interface EngineResult {
  body: Uint8Array;
  readRows: number;
  readBytes: number;
}

/** ClickHouse's refusal of a statement, in its own words. */
export class ClickHouseRefusal extends Error {
  readonly code: number;

  constructor(message: string, code: number, cause: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

/** ClickHouse in this process. */
export interface Engine {
  version: string;
  timezone: string;
  /** Runs one statement; statements run at the same time. Rejects with a ClickHouseRefusal. */
  run(statement: Statement): Promise<EngineResult>;
  /** Resolves when nothing is running and all is written. */
  close(): Promise<void>;
}

/**
 * Opens the engine installed in a folder on a data folder; one process can open one data folder.
 * @param configFile a server configuration of ClickHouse, of which the users count
 */
export function openEngine(engineFolder: string, dataFolder: string, configFile?: string): Engine {
  const chdb = createRequire(join(engineFolder, 'package.json'))('chdb') as Chdb;
  // Kept open, so that the engine stays loaded between requests.
  const open = (): Session =>
    new chdb.Session(
      dataFolder,
      ...(configFile === undefined ? [] : [{ connectionArgs: [`--config-file=${configFile}`] }]),
    );
  const first = open();
  const [version = '', timezone = ''] = first.query('SELECT version(), timezone()', 'TSV').trim().split('\t');
  return {
    version,
    timezone,
    async run({ sql, database, settings, format }) {
      // A connection for each request: neither its database nor its settings stay for the next one.
      const session = open();
      try {
        if (database !== undefined) await session.queryAsync(`USE ${identifier(database)}`, { format });
        for (const [name, value] of settings) {
          await session.queryAsync(`SET ${identifier(name)} = ${literal(value)}`, { format });
        }
        const result = await session.queryAsync(sql, { format });
        return { body: result.bytes(), readRows: result.rowsRead, readBytes: result.bytesRead };
      } catch (error) {
        throw refusal(error);
      } finally {
        session.close();
      }
    },
    async close() {
      await chdb.drainPending();
      first.close();
      await chdb.drainPending();
    },
  };
}

function refusal(error: unknown): ClickHouseRefusal {
  const message = error instanceof Error ? error.message : String(error);
  return new ClickHouseRefusal(message, Number(/^Code: (\d+)/.exec(message)?.[1] ?? 0), error);
}

function identifier(name: string): string {
  return `\`${name.replace(/[\\`]/g, '\\$&')}\``;
}

function literal(value: string): string {
  return `'${value.replace(/[\\']/g, '\\$&')}'`;
}
