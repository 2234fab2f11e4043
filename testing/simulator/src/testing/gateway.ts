import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SeenRequest {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
  /** How often this very request came, this time included. */
  readonly times: number;
}

/** What to do with a request: answer, or `'reset'` the connection. */
export type Reply = { readonly status: number; readonly body: string } | 'reset';

export interface TestGateway {
  readonly baseUrl: string;
  readonly requests: readonly SeenRequest[];
  close(): Promise<void>;
}

export const acknowledge = ({ path }: SeenRequest): Reply => ({
  status: 200,
  body: path.includes('/wordy/') ? 'success' : '',
});

/** A gateway on a free port of this machine that answers as it is told. */
export async function startGateway(reply: (request: SeenRequest) => Reply): Promise<TestGateway> {
  const requests: SeenRequest[] = [];
  const times = new Map<string, number>();
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const body = Buffer.concat(await request.toArray());
    const path = request.url ?? '';
    const key = JSON.stringify([path, request.headers, body.toString('base64')]);
    times.set(key, (times.get(key) ?? 0) + 1);
    const seen = { path, headers: request.headers, body, times: times.get(key) ?? 0 };
    requests.push(seen);
    const answer = reply(seen);
    if (answer === 'reset') request.socket.resetAndDestroy();
    else response.writeHead(answer.status).end(answer.body);
  };
  const server = createServer((request, response) => void handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
