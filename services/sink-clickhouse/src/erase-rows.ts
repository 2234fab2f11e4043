import { canonicalTopics, type CanonicalTopic } from '@sluice/schemas/topics';
import {
  caseFields,
  erasedMappingVersion,
  erasedVersion,
  fieldsAmong,
  keptMeta,
  personFields,
  type Eraser,
} from '@sluice/sink/erasure';
import { onMostReplicas, syncReplicas } from './cluster.ts';
import { columnsOf, tableOf, type Column } from './columns.ts';
import { connect, quotedDatabase, type ClickHouseConnection } from './connection.ts';
import { literal } from './scope-sql.ts';

/** Rewriting the parts of a table that hold a person's rows may take long. */
const requestTimeoutMs = 600_000;

/** Erases in the tables: an erased row is inserted for each event, and the rows that it replaces are removed from the disk. */
export function clickHouseEraser(connection: ClickHouseConnection): Eraser {
  const client = connect({ ...connection, requestTimeoutMs });
  const fullTable = (topic: CanonicalTopic) => `${quotedDatabase(connection)}.\`${tableOf(topic)}\``;
  const count = async (topic: CanonicalTopic, condition: string): Promise<number> => {
    const [found] = await client.rows<{ events: string }>(
      `SELECT toString(uniqExact(event_id)) AS events FROM ${fullTable(topic)} WHERE ${condition}`,
    );
    return Number(found?.events);
  };
  return {
    async casesOf(sourceId, ids) {
      const found = new Set<string>();
      for (const topic of canonicalTopics)
        for (const name of fieldsAmong(topic, caseFields)) {
          const condition = named(sourceId, ids, ['entity_key', ...fieldsAmong(topic, personFields)]);
          const rows = await client.rows<{ id: string }>(
            `SELECT DISTINCT ${name} AS id FROM ${fullTable(topic)} WHERE ${condition} AND notEmpty(ifNull(${name}, ''))`,
          );
          for (const { id } of rows) found.add(id);
        }
      return [...found];
    },
    count: (topic, sourceId, ids) => count(topic, unerased(topic, sourceId, ids)),
    async erase(topic, sourceId, ids) {
      const condition = unerased(topic, sourceId, ids);
      await syncReplicas(client, connection, fullTable(topic));
      const events = await count(topic, condition);
      if (events === 0) return 0;
      await client.run(insertErased(fullTable(topic), columnsOf(topic), condition), onMostReplicas);
      await syncReplicas(client, connection, fullTable(topic));
      // Every replica asks for the erased events itself, and has them all.
      await client.run(removeReplaced(fullTable(topic), sourceId), { allow_nondeterministic_mutations: 1 });
      return events;
    },
    close: () => client.close(),
  };
}

/** FINAL, over all partitions: an erased row is made of what readers see. */
function insertErased(table: string, columns: readonly Column[], condition: string): string {
  return `INSERT INTO ${table} (${columns.map(({ name }) => `\`${name}\``).join(', ')})
         SELECT ${columns.map(erasedSql).join(', ')} FROM ${table} FINAL WHERE ${condition}
         SETTINGS do_not_merge_across_partitions_select_final = 0, insert_deduplicate = 0, max_partitions_per_insert_block = 0`;
}

/** Removes the rows that erased ones stand for, and waits until every replica has done it. */
const removeReplaced = (table: string, sourceId: string): string =>
  `ALTER TABLE ${table} DELETE WHERE source_id = ${literal(sourceId)} AND version < ${erasedVersion}
   AND event_id IN (SELECT event_id FROM ${table} WHERE source_id = ${literal(sourceId)} AND version = ${erasedVersion})
   SETTINGS mutations_sync = 2`;

function named(sourceId: string, ids: readonly string[], columns: readonly string[]): string {
  const list = ids.map(literal).join(', ');
  return `source_id = ${literal(sourceId)} AND (${columns.map((name) => `${name} IN (${list})`).join(' OR ')})`;
}

function unerased(topic: CanonicalTopic, sourceId: string, ids: readonly string[]): string {
  const columns = ['entity_key', ...fieldsAmong(topic, [...personFields, ...caseFields])];
  return `version < ${erasedVersion} AND ${named(sourceId, ids, columns)}`;
}

const keptTexts: readonly string[] = [...keptMeta, ...caseFields];

/** `erasedEvent` of one column, by its place: a name given to it would stand for it in the condition too. */
function erasedSql({ name, type, defaultSql }: Column): string {
  if (name === 'version') return String(erasedVersion);
  if (name === 'mapping_version') return String(erasedMappingVersion);
  if (type.startsWith('Array(')) return `CAST([] AS ${type})`;
  const isText = type.includes('String') && defaultSql === undefined;
  if (!isText || keptTexts.includes(name)) return `\`${name}\``;
  return type.startsWith('Nullable(') ? 'NULL' : `''`;
}
