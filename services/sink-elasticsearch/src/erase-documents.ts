import type { Client, estypes } from '@elastic/elasticsearch';
import { canonicalTopics, type CanonicalTopic } from '@sluice/schemas/topics';
import {
  caseFields,
  erasedEvent,
  erasedMappingVersion,
  erasedVersion,
  fieldsAmong,
  personFields,
  type Eraser,
} from '@sluice/sink/erasure';
import { connect, type ElasticsearchConnection } from './connection.ts';
import { indicesOf } from './documents.ts';

/** Documents that are read, and written, with one request. */
const atOnce = 200;
/** Elasticsearch takes up to 65,536 terms. */
const idsAtOnce = 10_000;

/** Erases in the indices: each document is replaced by an erased one. Segments are merged when Elasticsearch likes. */
export function elasticsearchEraser(connection: ElasticsearchConnection): Eraser {
  const client = connect(connection);
  const { stream } = connection;
  return {
    async casesOf(sourceId, ids) {
      const found = new Set<string>();
      for (const topic of canonicalTopics) {
        const cases = fieldsAmong(topic, caseFields);
        const fields = ['meta.entity_key', ...fieldsAmong(topic, personFields)];
        for (const query of queries(sourceId, ids, fields))
          await eachPage(client, indicesOf(stream, topic), query, (hits) => {
            for (const id of textsOf(hits, cases)) found.add(id);
            return Promise.resolve();
          });
      }
      return [...found];
    },
    async count(topic, sourceId, ids) {
      const index = indicesOf(stream, topic);
      await client.indices.refresh({ index, ignore_unavailable: true });
      let events = 0;
      for (const query of queries(sourceId, ids, fieldsOfTopic(topic)))
        events += (await client.count({ index, query, ignore_unavailable: true })).count;
      return events;
    },
    async erase(topic, sourceId, ids) {
      let erased = 0;
      for (const query of queries(sourceId, ids, fieldsOfTopic(topic)))
        await eachPage(client, indicesOf(stream, topic), query, async (hits) => {
          await replace(client, topic, hits);
          erased += hits.length;
        });
      return erased;
    },
    close: () => client.close(),
  };
}

function fieldsOfTopic(topic: CanonicalTopic): string[] {
  return ['meta.entity_key', ...fieldsAmong(topic, [...personFields, ...caseFields])];
}

/** As many queries as the ids need. */
function queries(
  sourceId: string,
  ids: readonly string[],
  fields: readonly string[],
): estypes.QueryDslQueryContainer[] {
  return Array.from({ length: Math.ceil(ids.length / idsAtOnce) }, (_, at) =>
    named(sourceId, ids.slice(at * idsAtOnce, (at + 1) * idsAtOnce), fields),
  );
}

function named(
  sourceId: string,
  ids: readonly string[],
  fields: readonly string[],
): estypes.QueryDslQueryContainer {
  return {
    bool: {
      filter: [{ term: { 'meta.source_id': sourceId } }],
      must_not: [{ term: { 'meta.mapping_version': erasedMappingVersion } }],
      minimum_should_match: 1,
      should: fields.map((field) => ({ terms: { [field]: [...ids] } })),
    },
  };
}

type Hit = estypes.SearchHit<Record<string, unknown>>;

/** What some fields of documents hold. */
function textsOf(hits: readonly Hit[], fields: readonly string[]): string[] {
  const values = hits.flatMap(({ _source }) => fields.map((name) => _source?.[name]));
  return values.filter((value) => typeof value === 'string' && value !== '') as string[];
}

async function eachPage(
  client: Client,
  index: string[],
  query: estypes.QueryDslQueryContainer,
  work: (hits: readonly Hit[]) => Promise<void>,
): Promise<void> {
  await client.indices.refresh({ index, ignore_unavailable: true });
  const { id } = await client.openPointInTime({ index, keep_alive: '10m', ignore_unavailable: true });
  try {
    let after: estypes.SortResults | undefined;
    for (;;) {
      const { hits } = await client.search<Record<string, unknown>>({
        pit: { id, keep_alive: '10m' },
        ...{ query, size: atOnce, sort: ['_shard_doc'], track_total_hits: false },
        // Else a shard that fails is left out, with status 200, and what it holds is not erased.
        allow_partial_search_results: false,
        ...(after ? { search_after: after } : {}),
      });
      if (hits.hits.length > 0) await work(hits.hits);
      after = hits.hits.at(-1)?.sort;
      if (!after) return;
    }
  } finally {
    await client.closePointInTime({ id });
  }
}

async function replace(client: Client, topic: CanonicalTopic, hits: readonly Hit[]): Promise<void> {
  const { items } = await client.bulk({
    refresh: true,
    operations: hits.flatMap(({ _index, _id = '', _source = {} }) => [
      { index: { _index, _id, version: erasedVersion, version_type: 'external_gte' } },
      erasedEvent(topic, _source),
    ]),
  });
  const failed = items.find(({ index }) => index?.error);
  if (failed)
    throw new Error(`A document could not be erased: ${failed.index?.error?.reason ?? 'no reason'}`);
}
