import type { ClickHouseClient } from '@clickhouse/client';
import { ClickHouseLogLevel, createClient } from '@clickhouse/client';

export interface ClickHouseConnection {
  /** `http://host:8123` */
  readonly url: string;
  readonly username: string;
  readonly password: string;
  /** The stream's database. */
  readonly database: string;
  /** How long one request may take, in ms. 30 000 unless told. */
  readonly requestTimeoutMs?: number;
}

/**
 * A client that neither retries nor logs: what fails is thrown, and the caller decides.
 * @param defaultDatabase what unqualified names mean. Leave it out to reach a server that lacks the database.
 */
export function connect(
  { url, username, password, requestTimeoutMs = 30_000 }: ClickHouseConnection,
  defaultDatabase?: string,
): ClickHouseClient {
  return createClient({
    url,
    username,
    password,
    request_timeout: requestTimeoutMs,
    application: 'sluice',
    log: { level: ClickHouseLogLevel.OFF },
    ...(defaultDatabase === undefined ? {} : { database: defaultDatabase }),
  });
}

/**
 * The database's name as it stands in a statement.
 * @throws when it has anything but letters, digits, `_` and `-`
 */
export function quotedDatabase({ database }: Pick<ClickHouseConnection, 'database'>): string {
  if (/^[\w-]+$/.test(database)) return `\`${database}\``;
  throw new Error(`"${database}" cannot name a database: use letters, digits, "_" and "-".`);
}
