import type { StoreAddress } from '@sluice/sink/sink-descriptor';
import type { StoreTesting } from '@sluice/sink/testing/store-testing';

const indicesOf = ({ url, stream }: StoreAddress): string => `${url}/${stream}-*`;

async function request<T>(method: string, url: string, body?: object): Promise<T> {
  const answer = await fetch(url, {
    method,
    ...(body === undefined
      ? {}
      : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (!answer.ok && answer.status !== 404)
    throw new Error(`${method} ${url} was answered with ${answer.status}: ${text}`);
  return JSON.parse(text) as T;
}

const refresh = (at: StoreAddress): Promise<unknown> =>
  request('POST', `${indicesOf(at)}/_refresh?allow_no_indices=true`);

interface IdBucket {
  readonly key: { readonly id: string };
  readonly doc_count: number;
}

async function idsAfter(at: StoreAddress, after: string | undefined): Promise<readonly IdBucket[]> {
  const ids = {
    composite: {
      size: 5_000,
      sources: [{ id: { terms: { field: 'meta.event_id' } } }],
      ...(after === undefined ? {} : { after: { id: after } }),
    },
  };
  const { aggregations } = await request<{ aggregations?: { ids: { buckets: IdBucket[] } } }>(
    'POST',
    `${indicesOf(at)}/_search?size=0&allow_no_indices=true`,
    { aggs: { ids } },
  );
  return aggregations?.ids.buckets ?? [];
}

export const elasticsearchTesting: StoreTesting = {
  async remove({ url, stream }) {
    const indices = await request<{ index: string }[]>(
      'GET',
      `${url}/_cat/indices/${stream}*?format=json&h=index&expand_wildcards=all`,
    );
    // By name: the server may refuse to delete by a pattern.
    for (const { index } of indices) await request('DELETE', `${url}/${index}`);
    await request('DELETE', `${url}/_index_template/${stream}*`);
  },
  async copies(at) {
    await refresh(at);
    const copies = new Map<string, number>();
    let after: string | undefined;
    for (;;) {
      const page = await idsAfter(at, after);
      for (const { key, doc_count } of page) copies.set(key.id, doc_count);
      after = page.at(-1)?.key.id;
      if (after === undefined) return copies;
    }
  },
  async *shown(at) {
    await refresh(at);
    let after: unknown[] | undefined;
    do {
      const { hits } = await request<{ hits?: { hits: { _source: unknown; sort: unknown[] }[] } }>(
        'POST',
        `${indicesOf(at)}/_search?allow_no_indices=true`,
        {
          size: 2_000,
          sort: [{ 'meta.event_id': 'asc' }],
          ...(after === undefined ? {} : { search_after: after }),
        },
      );
      const found = hits?.hits ?? [];
      yield* found.map(({ _source }) => JSON.stringify(_source));
      after = found.at(-1)?.sort;
    } while (after !== undefined);
  },
};
