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
