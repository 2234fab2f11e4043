import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Store } from '@sluice/sink/store';
import { createElasticsearchStore, type ElasticsearchStorePatience } from '../src/elasticsearch-store.ts';

/** What a server of a test answers. */
export interface Answered {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Answers that a test cannot bring about in a server that other tests use: a proxy's or the server's own refusal
 * of whole requests. The client is the real one.
 */
export async function withServer(
  answer: (body: string, request: IncomingMessage) => Answered | Promise<Answered>,
  use: (store: Store) => Promise<void>,
  patience?: ElasticsearchStorePatience,
): Promise<void> {
  const server = createServer((request, response) => {
    void text(request).then(async (sent) => {
      const { status, body, headers } = await answer(sent, request);
      response.writeHead(status, {
        'content-type': 'application/json',
        'x-elastic-product': 'Elasticsearch',
        ...headers,
      });
      response.end(JSON.stringify(body));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const store = createElasticsearchStore({ url, stream: 'test' }, undefined, patience);
  try {
    await use(store);
  } finally {
    await store.close();
    server.close();
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
