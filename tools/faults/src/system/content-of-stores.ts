import { createHash } from 'node:crypto';
import { canonicalTopics } from '@sluice/schemas/topics';
import type { System } from './system.ts';

/** What a reader sees in each store, as its count and a hash over all of it. */
export async function contentOfStores(
  system: System,
): Promise<{ readonly clickhouse: string; readonly elasticsearch: string }> {
  return { clickhouse: await ofClickHouse(system), elasticsearch: await ofElasticsearch(system) };
}

async function ofClickHouse({ endpoints, stream }: System): Promise<string> {
  const hash = createHash('sha256');
  let count = 0;
  for (const topic of canonicalTopics) {
    const view = `${stream}.${topic.replace('.v1', '').replaceAll('-', '_')}_latest`;
    const query = `SELECT * FROM ${view} ORDER BY event_id FORMAT JSONEachRow`;
    const answer = await fetch(endpoints.clickhouseUrl, { method: 'POST', body: query });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`ClickHouse did not show ${view}: ${text}`);
    hash.update(text);
    count += text.split('\n').filter((line) => line !== '').length;
  }
  return `${count} rows, sha256 ${hash.digest('hex').slice(0, 16)}`;
}

async function ofElasticsearch({ endpoints, stream }: System): Promise<string> {
  const indices = `${endpoints.elasticsearchUrl}/${stream}-*`;
  await fetch(`${indices}/_refresh?allow_no_indices=true`, { method: 'POST' });
  const hash = createHash('sha256');
  let count = 0;
  let after: unknown[] | undefined;
  for (;;) {
    const answer = await fetch(`${indices}/_search?allow_no_indices=true`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        size: 2_000,
        sort: [{ 'meta.event_id': 'asc' }],
        ...(after === undefined ? {} : { search_after: after }),
      }),
    });
    const found = (await answer.json()) as { hits?: { hits: { _source: unknown; sort: unknown[] }[] } };
    if (!answer.ok) throw new Error(`Elasticsearch did not show its documents: ${JSON.stringify(found)}`);
    const hits = found.hits?.hits ?? [];
    for (const { _source } of hits) hash.update(JSON.stringify(_source));
    count += hits.length;
    after = hits.at(-1)?.sort;
    if (after === undefined) return `${count} documents, sha256 ${hash.digest('hex').slice(0, 16)}`;
  }
}
