import type { Endpoints } from '@sluice/dev-servers/endpoints';
import { canonicalTopics } from '@sluice/schemas/topics';

/** How many copies of each event a reader of a store sees, by event id. */
export type Copies = ReadonlyMap<string, number>;

/** Of ClickHouse, through the views that deduplicate. */
export async function copiesInClickHouse({ clickhouseUrl }: Endpoints, stream: string): Promise<Copies> {
  const union = canonicalTopics
    .map((topic) => `SELECT event_id FROM ${stream}.${topic.replace('.v1', '').replaceAll('-', '_')}_latest`)
    .join(' UNION ALL ');
  const query = `SELECT toString(event_id) AS id, count() AS copies FROM (${union}) GROUP BY id FORMAT TSV`;
  const answer = await fetch(clickhouseUrl, { method: 'POST', body: query });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`ClickHouse did not tell its events: ${text}`);
  const lines = text.split('\n').filter((line) => line !== '');
  return new Map(
    lines.map((line) => {
      const [id = '', copies = ''] = line.split('\t');
      return [id, Number(copies)];
    }),
  );
}

/** Of Elasticsearch, over all of the stream's indices. */
export async function copiesInElasticsearch(
  { elasticsearchUrl }: Endpoints,
  stream: string,
): Promise<Copies> {
  await fetch(`${elasticsearchUrl}/${stream}-*/_refresh?allow_no_indices=true`, { method: 'POST' });
  const copies = new Map<string, number>();
  let after: string | undefined;
  for (;;) {
    const page = await idsAfter(`${elasticsearchUrl}/${stream}-*`, after);
    for (const { key, doc_count } of page) copies.set(key.id, doc_count);
    after = page.at(-1)?.key.id;
    if (after === undefined) return copies;
  }
}

interface Bucket {
  readonly key: { readonly id: string };
  readonly doc_count: number;
}

async function idsAfter(indices: string, after: string | undefined): Promise<Bucket[]> {
  const answer = await fetch(`${indices}/_search?size=0&allow_no_indices=true`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      aggs: {
        ids: {
          composite: {
            size: 5_000,
            sources: [{ id: { terms: { field: 'meta.event_id' } } }],
            ...(after === undefined ? {} : { after: { id: after } }),
          },
        },
      },
    }),
  });
  const found = (await answer.json()) as { aggregations?: { ids: { buckets: Bucket[] } } };
  if (!answer.ok) throw new Error(`Elasticsearch did not tell its events: ${JSON.stringify(found)}`);
  return found.aggregations?.ids.buckets ?? [];
}
