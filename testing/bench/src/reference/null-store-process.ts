import { createServer, request as forward, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { answerWith } from '../helper-process.ts';

/** What the null store is asked: the store that answers everything but writes. */
export interface NullStoreQuestion {
  readonly url: string;
}

export interface NullStoreState {
  /** Where writes are accepted, and nothing is written. */
  readonly url: string;
}

/**
 * A proxy of a store: it reads every write whole and answers that all of it is written, and hands on all else. So a
 * sink is measured by what it does itself.
 */
async function answer(store: URL, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '/', store);
  if (searchParams.get('query')?.startsWith('INSERT')) {
    await buffer(request);
    response.end();
  } else if (pathname === '/_bulk') {
    // The client takes no answer for Elasticsearch's without it.
    response.setHeader('x-elastic-product', 'Elasticsearch').setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ items: written(await buffer(request)) }));
  } else {
    const { method = 'GET', headers } = request;
    const handed = forward(new URL(request.url ?? '/', store), { method, headers }, (answered) => {
      response.writeHead(answered.statusCode ?? 502, answered.headers);
      answered.pipe(response);
    });
    handed.once('error', () => response.destroy());
    request.pipe(handed);
  }
}

/** The answers for a bulk request: each other line says what becomes of the next one. */
function written(body: Buffer): object[] {
  const lines = body.toString().split('\n');
  return lines.flatMap((line, index) => {
    if (index % 2 === 1 || line === '') return [];
    const { index: action } = JSON.parse(line) as { index: { _id: string } };
    return [{ index: { _id: action._id, status: 200 } }];
  });
}

answerWith(async (question): Promise<NullStoreState> => {
  const store = new URL((question as NullStoreQuestion).url);
  const server = createServer((request, response) => void answer(store, request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
});
