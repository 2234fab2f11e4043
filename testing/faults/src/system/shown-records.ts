import { canonicalTopics } from '@sluice/schemas/topics';
import type { System } from './system.ts';

/** Every row that a reader of ClickHouse sees, as JSON text: view by view, in the order of event ids. */
export async function* rowsOfClickHouse({ endpoints, stream }: System): AsyncGenerator<string> {
  for (const topic of canonicalTopics) {
    const view = `${stream}.${topic.replace('.v1', '').replaceAll('-', '_')}_latest`;
    const query = `SELECT * FROM ${view} ORDER BY event_id FORMAT JSONEachRow`;
    const answer = await fetch(endpoints.clickhouseUrl, { method: 'POST', body: query });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`ClickHouse did not show ${view}: ${text}`);
    yield* text.split('\n').filter((line) => line !== '');
  }
}

/** Every document that a reader of Elasticsearch sees, as JSON text, in the order of event ids. */
export async function* documentsOfElasticsearch({ endpoints, stream }: System): AsyncGenerator<string> {
  const indices = `${endpoints.elasticsearchUrl}/${stream}-*`;
  await fetch(`${indices}/_refresh?allow_no_indices=true`, { method: 'POST' });
  let after: unknown[] | undefined;
  do {
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
    yield* hits.map(({ _source }) => JSON.stringify(_source));
    after = hits.at(-1)?.sort;
  } while (after !== undefined);
}
