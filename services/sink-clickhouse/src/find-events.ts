import type { CanonicalTopic } from '@sluice/schemas/topics';
import { erasedMappingVersion } from '@sluice/sink/erasure';
import { idFields, isEventId, type Sought, type StoredEvent } from '@sluice/sink/stored-event';
import { tableOf } from './columns.ts';
import type { ClickHouseConnection } from './connection.ts';
import { connect, quotedDatabase } from './connection.ts';
import { literal } from './scope-sql.ts';

interface FoundRow {
  readonly id: string;
  readonly type: string;
  readonly source: string;
  readonly highest: string;
  readonly copies: string;
  readonly received: string;
  readonly topic: string;
  readonly place: number;
  readonly offset: string;
  readonly mapping: number;
}

/**
 * Events of a topic that have a row, the latest received first.
 * @param most how many at most
 * @throws when ClickHouse does not answer
 */
export async function eventsWithRows(
  connection: ClickHouseConnection,
  topic: CanonicalTopic,
  sought: Sought,
  most: number,
): Promise<StoredEvent[]> {
  const condition = conditionOf(topic, sought);
  if (condition === null) return [];
  const client = connect(connection);
  try {
    // Names of the result that no column has: a name given to a value stands for it in WHERE too.
    const rows = await client.rows<FoundRow>(
      `SELECT toString(event_id) AS id, toString(argMax(event_type, version)) AS type, any(source_id) AS source,
              toString(max(version)) AS highest, toString(count()) AS copies,
              toString(toUnixTimestamp64Milli(argMax(received_at, version))) AS received,
              argMax(raw_topic, version) AS topic, argMax(raw_partition, version) AS place,
              toString(argMax(raw_offset, version)) AS offset, argMax(mapping_version, version) AS mapping
       FROM ${quotedDatabase(connection)}.\`${tableOf(topic)}\` WHERE ${condition}
       GROUP BY event_id ORDER BY max(received_at) DESC, event_id LIMIT ${most}`,
    );
    return rows.map(
      ({ id, type, source, highest, copies, received, topic: raw, place, offset, mapping }) => ({
        ...{
          topic,
          eventId: id,
          eventType: type,
          sourceId: source,
          version: highest,
          copies: Number(copies),
        },
        ...{ receivedAtMs: Number(received), raw: { topic: raw, partition: place, offset } },
        erased: mapping === erasedMappingVersion,
      }),
    );
  } finally {
    await client.close();
  }
}

/** Null when nothing is looked for. */
function conditionOf(topic: CanonicalTopic, { anyId, eventIds = [], raw = [] }: Sought): string | null {
  const ids = [...eventIds, ...(anyId !== undefined && isEventId(anyId) ? [anyId] : [])];
  const { meta, own } = idFields(topic);
  const conditions = [
    ...(ids.length > 0 ? [`event_id IN (${ids.map(literal).join(', ')})`] : []),
    ...(anyId === undefined ? [] : [...meta, ...own].map((name) => `\`${name}\` = ${literal(anyId)}`)),
    ...raw.map(
      (one) =>
        `(raw_topic = ${literal(one.topic)} AND raw_partition = ${one.partition} AND raw_offset = ${BigInt(one.offset)})`,
    ),
  ];
  return conditions.length === 0 ? null : conditions.join(' OR ');
}
