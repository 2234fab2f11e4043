import type { CanonicalTopic } from '@sluice/schemas/topics';
import type { ElasticsearchConnection } from './connection.ts';
import { connect } from './connection.ts';
import { indicesOf } from './documents.ts';

/** Which of the events have a document that searches find. @throws when Elasticsearch does not answer */
export async function eventsWithDocuments(
  connection: ElasticsearchConnection,
  topic: CanonicalTopic,
  ids: readonly string[],
): Promise<string[]> {
  const client = connect(connection);
  try {
    const { hits } = await client.search({
      index: indicesOf(connection.stream, topic),
      query: { ids: { values: [...ids] } },
      size: ids.length,
      _source: false,
      allow_partial_search_results: false,
      ignore_unavailable: true,
    });
    return hits.hits.flatMap(({ _id }) => (_id === undefined ? [] : [_id]));
  } finally {
    await client.close();
  }
}
