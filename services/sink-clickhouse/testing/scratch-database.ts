import { randomUUID } from 'node:crypto';
import type { ClickHouseConnection } from '../src/connection.ts';
import { connect, quotedDatabase } from '../src/connection.ts';

/** A database of a test's own, which does not exist yet, on the server that Jest's set-up acquired. */
export interface ScratchDatabase extends ClickHouseConnection {
  rows<T>(query: string): Promise<T[]>;
  command(query: string): Promise<void>;
  remove(): Promise<void>;
}

export function scratchDatabase(): ScratchDatabase {
  const endpoints = JSON.parse(process.env.SLUICE_TEST_ENDPOINTS ?? '{}') as { clickhouseUrl: string };
  const connection: ClickHouseConnection = {
    url: endpoints.clickhouseUrl,
    username: 'default',
    database: `test_${randomUUID().replaceAll('-', '')}`,
  };
  const client = connect(connection);
  return {
    ...connection,
    rows: (query) => client.rows(query),
    command: (statement) => client.run(statement),
    async remove() {
      await client.run(`DROP DATABASE IF EXISTS ${quotedDatabase(connection)}`);
      await client.close();
    },
  };
}
