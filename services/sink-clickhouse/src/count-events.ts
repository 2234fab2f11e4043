import { canonicalTopics } from '@sluice/schemas/topics';
import { connect, quotedDatabase, type ClickHouseConnection } from './connection.ts';
import { tableOf } from './columns.ts';

/**
 * Distinct events that were received since then, over all tables.
 * @param sinceMs epoch ms
 * @returns how many by `vendor/data type`
 * @throws when ClickHouse does not answer
 */
export async function countRowsByType(
  connection: ClickHouseConnection,
  sinceMs: number,
): Promise<Map<string, number>> {
  const client = connect(connection);
  try {
    const union = canonicalTopics.map(
      (topic) =>
        `SELECT vendor_id, data_type, event_id FROM ${quotedDatabase(connection)}.\`${tableOf(topic)}\`
         WHERE received_at >= fromUnixTimestamp64Milli(${sinceMs})`,
    );
    const counted = await client.rows<{ type: string; events: string | number }>(
      `SELECT concat(vendor_id, '/', data_type) AS type, uniqExact(event_id) AS events
       FROM (${union.join(' UNION ALL ')}) GROUP BY type`,
    );
    return new Map(counted.map(({ type, events }) => [type, Number(events)]));
  } finally {
    await client.close();
  }
}
