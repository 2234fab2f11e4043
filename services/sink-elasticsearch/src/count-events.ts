import { connect, type ElasticsearchConnection } from './connection.ts';

/** There are some forty of them. */
const mostTypes = 1_000;

/**
 * Documents that were received since then, over all indices. A document's id is its event's.
 * @param sinceMs epoch ms
 * @returns how many by `vendor/data type`
 * @throws when Elasticsearch does not answer
 */
export async function countDocumentsByType(
  connection: ElasticsearchConnection,
  sinceMs: number,
): Promise<Map<string, number>> {
  const client = connect(connection);
  const index = `${connection.stream}-*`;
  try {
    await client.indices.refresh({ index, allow_no_indices: true });
    const { aggregations } = await client.search<unknown, { types: Composite }>({
      ...{ index, size: 0, allow_no_indices: true },
      query: { range: { 'meta.received_at': { gte: sinceMs, format: 'epoch_millis' } } },
      aggs: {
        types: {
          composite: {
            size: mostTypes,
            sources: [
              { vendor: { terms: { field: 'meta.vendor_id' } } },
              { dataType: { terms: { field: 'meta.data_type' } } },
            ],
          },
        },
      },
    });
    const buckets = aggregations?.types.buckets ?? [];
    return new Map(buckets.map(({ key, doc_count }) => [`${key.vendor}/${key.dataType}`, doc_count]));
  } finally {
    await client.close();
  }
}

interface Composite {
  readonly buckets: readonly {
    readonly key: { readonly vendor: string; readonly dataType: string };
    readonly doc_count: number;
  }[];
}
