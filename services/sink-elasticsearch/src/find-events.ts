import type { estypes } from '@elastic/elasticsearch';
import type { CanonicalTopic } from '@sluice/schemas/topics';
import { erasedMappingVersion } from '@sluice/sink/erasure';
import { idFields, isEventId, type Sought, type StoredEvent } from '@sluice/sink/stored-event';
import type { ElasticsearchConnection } from './connection.ts';
import { connect } from './connection.ts';
import { indicesOf } from './documents.ts';

interface Document {
  readonly meta: {
    readonly event_id: string;
    readonly event_type: string;
    readonly source_id: string;
    readonly received_at: string | number;
    readonly raw_topic: string;
    readonly raw_partition: number;
    readonly raw_offset: number;
    readonly mapping_version: number;
  };
}

/**
 * Events of a topic that have a document which searches find, the latest received first.
 * @param most how many at most
 * @throws when Elasticsearch does not answer
 */
export async function eventsWithDocuments(
  connection: ElasticsearchConnection,
  topic: CanonicalTopic,
  sought: Sought,
  most: number,
): Promise<StoredEvent[]> {
  const should = queriesOf(topic, sought);
  if (should.length === 0) return [];
  const client = connect(connection);
  try {
    const { hits } = await client.search<Document>({
      index: indicesOf(connection.stream, topic),
      query: { bool: { filter: [{ bool: { should, minimum_should_match: 1 } }] } },
      sort: [{ 'meta.received_at': { order: 'desc', unmapped_type: 'date' } }],
      size: most,
      version: true,
      _source: ['meta'],
      allow_partial_search_results: false,
      ignore_unavailable: true,
    });
    return hits.hits.flatMap(({ _version = 0, _source }) => {
      if (_source === undefined) return [];
      const { meta } = _source;
      const { raw_topic, raw_partition, raw_offset } = meta;
      return [
        {
          ...{ topic, eventId: meta.event_id, eventType: meta.event_type, sourceId: meta.source_id },
          ...{ version: String(_version), copies: 1, receivedAtMs: new Date(meta.received_at).getTime() },
          raw: { topic: raw_topic, partition: raw_partition, offset: String(raw_offset) },
          erased: meta.mapping_version === erasedMappingVersion,
        },
      ];
    });
  } finally {
    await client.close();
  }
}

function queriesOf(
  topic: CanonicalTopic,
  { anyId, eventIds = [], raw = [] }: Sought,
): estypes.QueryDslQueryContainer[] {
  const ids = [...eventIds, ...(anyId !== undefined && isEventId(anyId) ? [anyId] : [])];
  const { meta, own } = idFields(topic);
  const fields = [...meta.map((name) => `meta.${name}`), ...own];
  return [
    ...(ids.length > 0 ? [{ ids: { values: ids } }] : []),
    ...(anyId === undefined ? [] : fields.map((name) => ({ term: { [name]: anyId } }))),
    ...raw.map((one) => ({
      bool: {
        filter: [
          { term: { 'meta.raw_topic': one.topic } },
          { term: { 'meta.raw_partition': one.partition } },
          { term: { 'meta.raw_offset': one.offset } },
        ],
      },
    })),
  ];
}
