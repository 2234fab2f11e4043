import type { CanonicalTopic } from '@sluice/schemas/topics';
import { tableOf } from './columns.ts';
import type { ClickHouseConnection } from './connection.ts';
import { connect, quotedDatabase } from './connection.ts';

/** Which of the events have a row. @throws when ClickHouse does not answer */
export async function eventsWithRows(
  connection: ClickHouseConnection,
  topic: CanonicalTopic,
  ids: readonly string[],
): Promise<string[]> {
  const client = connect(connection);
  try {
    const found = await client.rows<{ id: string }>(
      `SELECT DISTINCT toString(event_id) AS id FROM ${quotedDatabase(connection)}.\`${tableOf(topic)}\` WHERE event_id IN {ids: Array(UUID)}`,
      { ids },
    );
    return found.map(({ id }) => id);
  } finally {
    await client.close();
  }
}
