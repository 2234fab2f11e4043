import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** What a server of a test answers. */
export interface Answered {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A server of a test's own. */
export interface TestServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Starts a server that answers JSON. */
export async function startHttpServer(
  answer: (request: IncomingMessage, body: string) => Answered | Promise<Answered>,
): Promise<TestServer> {
  const server = createServer((request, response) => {
    void text(request).then(async (sent) => {
      const { status, body, headers } = await answer(request, sent);
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(JSON.stringify(body));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/**
 * Answers as OpenSearch 2.19 does, without an index or a template: it says what it is, takes no media type of
 * Elasticsearch's, and has no header `X-Elastic-Product`.
 */
export function answerAsOpenSearch({ method, url = '', headers }: IncomingMessage): Answered {
  const type = headers['content-type'];
  if (type?.startsWith('application/vnd.elasticsearch+'))
    return { status: 406, body: { error: `Content-Type header [${type}] is not supported`, status: 406 } };
  if (url === '/') return { status: 200, body: openSearchInfo };
  if (url === '/_msearch')
    return { status: 200, body: { took: 1, responses: [{ hits: { hits: [] } }, { hits: { hits: [] } }] } };
  const error = { type: 'resource_not_found_exception', reason: `${method} ${url}: not found` };
  return { status: 404, body: { error: { root_cause: [error], ...error }, status: 404 } };
}

const openSearchInfo = {
  ...{ name: 'node-1', cluster_name: 'opensearch', cluster_uuid: 'pTSCGyVvRzeU4BIHwNGdgQ' },
  version: {
    ...{ distribution: 'opensearch', number: '2.19.1', build_type: 'docker', build_snapshot: false },
    ...{ lucene_version: '9.12.1', minimum_wire_compatibility_version: '7.10.0' },
    minimum_index_compatibility_version: '7.0.0',
  },
  tagline: 'The OpenSearch Project: https://opensearch.org/',
};
