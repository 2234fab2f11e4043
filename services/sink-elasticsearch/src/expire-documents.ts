import type { Client } from '@elastic/elasticsearch';
import { storedTopics } from '@sluice/schemas/topics';
import type { ElasticsearchConnection } from './connection.ts';
import { connect } from './connection.ts';
import { indicesOf } from './documents.ts';

/** Documents that are deleted with one request. */
const atOnce = 1_000;

/**
 * Deletes the documents of a stream that were received before a moment. Indices stay, even empty ones: anybody who deletes
 * one could delete what arrives at that moment. A document that is written again meanwhile stays too.
 * @param beforeMs epoch ms
 * @returns how many were deleted
 * @throws when Elasticsearch refuses
 */
export async function expireDocuments(
  connection: ElasticsearchConnection,
  beforeMs: number,
): Promise<number> {
  const client = connect(connection);
  try {
    let deleted = 0;
    for (const topic of storedTopics) {
      const index = indicesOf(connection.stream, topic);
      for (;;) {
        const ofOnce = await expireSome(client, index, beforeMs);
        deleted += ofOnce.deleted;
        if (ofOnce.found < atOnce) break;
      }
    }
    return deleted;
  } finally {
    await client.close();
  }
}

/** Not `_delete_by_query`: that is a module of its own, which runs on without us, and tells nothing until its end. */
async function expireSome(
  client: Client,
  index: string[],
  beforeMs: number,
): Promise<{ found: number; deleted: number }> {
  await client.indices.refresh({ index, ignore_unavailable: true });
  const { hits } = await client.search({
    index,
    query: { range: { 'meta.received_at': { lt: beforeMs, format: 'epoch_millis' } } },
    ...{ size: atOnce, _source: false, seq_no_primary_term: true, ignore_unavailable: true },
    allow_partial_search_results: false,
  });
  if (hits.hits.length === 0) return { found: 0, deleted: 0 };
  const { items } = await client.bulk({
    operations: hits.hits.map(({ _index, _id, _seq_no, _primary_term }) => ({
      delete: { _index, ...(_id === undefined ? {} : { _id }), ...place(_seq_no, _primary_term) },
    })),
  });
  const failed = items.find(({ delete: one }) => one?.error && one.status !== 409 && one.status !== 404);
  if (failed)
    throw new Error(`A document could not be deleted: ${failed.delete?.error?.reason ?? 'no reason'}`);
  return {
    found: hits.hits.length,
    deleted: items.filter(({ delete: one }) => one?.result === 'deleted').length,
  };
}

/** Deletes this copy alone: one that was written since has another number. */
const place = (seqNo: number | undefined, term: number | undefined) =>
  seqNo === undefined || term === undefined ? {} : { if_seq_no: seqNo, if_primary_term: term };
