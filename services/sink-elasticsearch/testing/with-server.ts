import type { IncomingMessage } from 'node:http';
import { startHttpServer, type Answered } from '@sluice/service/testing/http-server';
import type { Store } from '@sluice/sink/store';
import { createElasticsearchStore, type ElasticsearchStorePatience } from '../src/elasticsearch-store.ts';

export type { Answered } from '@sluice/service/testing/http-server';

/** The header that Elasticsearch sends with each answer. */
export const product = { 'x-elastic-product': 'Elasticsearch' } as const;

/**
 * Answers that a test cannot bring about in a server that other tests use: a proxy's or the server's own refusal
 * of whole requests. The client is the real one. That it is Elasticsearch the server says by itself.
 */
export async function withServer(
  answer: (body: string, request: IncomingMessage) => Answered | Promise<Answered>,
  use: (store: Store) => Promise<void>,
  patience?: ElasticsearchStorePatience,
): Promise<void> {
  const server = await startHttpServer(async (request, body) => {
    const isInfo = request.url === '/';
    const answered = isInfo ? { status: 200, body: {} } : await answer(body, request);
    return { ...answered, headers: { ...product, ...answered.headers } };
  });
  const store = createElasticsearchStore({ url: server.url, stream: 'test' }, undefined, patience);
  try {
    await use(store);
  } finally {
    await store.close();
    await server.close();
  }
}

/** One action of a bulk request. */
export interface BulkAction {
  readonly _id: string;
  readonly _index: string;
  readonly version: number;
}

/** The actions of a bulk request, in their order. */
export const actionsOf = (body: string): BulkAction[] =>
  body
    .split('\n')
    .filter((line) => line.startsWith('{"index":'))
    .map((line) => (JSON.parse(line) as { index: BulkAction }).index);

/** The ids of its documents. */
export const idsOf = (body: string): string[] => actionsOf(body).map(({ _id }) => _id);
