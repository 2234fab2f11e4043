import { once } from 'node:events';
import {
  Agent,
  createServer,
  request as send,
  type IncomingMessage,
  type RequestOptions,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** A request as a rule sees it. */
export interface SeenRequest {
  readonly method: string;
  /** Path and query, decoded. */
  readonly url: string;
  readonly body: Buffer;
}

/**
 * What befalls a request.
 * - `cut-request`: the server gets half of the body, then both sides see a reset
 * - `cut-answer`: the server has done its work and answered; the client sees a reset instead
 * - `answer`: the server never hears of it; the client gets this answer
 * - `hang`: the server never hears of it, and the client gets no answer
 * - `edit`: another body goes to the server, and its answer's body is changed
 */
export type HttpFault =
  | { readonly do: 'cut-request' | 'cut-answer' | 'hang' }
  | { readonly do: 'answer'; readonly status: number; readonly body: string }
  | {
      readonly do: 'edit';
      readonly request: Buffer;
      readonly answer: (body: string) => string;
    };

/** Undefined lets a request pass. */
export type HttpRule = (request: SeenRequest) => HttpFault | undefined;

/** A proxy before an HTTP server whose faults are about whole requests; for connections see `openTcpProxy`. */
export interface HttpProxy {
  readonly url: string;
  setRule(rule: HttpRule | null): void;
  /** Requests that a rule has befallen. */
  befallen(): number;
  close(): Promise<void>;
}

/** Without the second one the client of Elasticsearch takes it for another product. */
const asOfTheServer = { 'content-type': 'application/json', 'x-elastic-product': 'Elasticsearch' };

/** @param target `http://host:port` of the real server, perhaps with a path */
export async function openHttpProxy(target: string): Promise<HttpProxy> {
  const { host, pathname } = new URL(target);
  const agent = new Agent({ keepAlive: true });
  const sockets = new Set<Socket>();
  let rule: HttpRule | null = null;
  let befallen = 0;

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await readAll(request);
    const seen = { method: request.method ?? '', url: decoded(request.url ?? ''), body };
    const fault = rule?.(seen);
    if (fault) befallen += 1;
    const path = request.url ?? '/';
    const options = { path, method: seen.method, headers: headersOf(request), agent };
    switch (fault?.do) {
      case 'cut-request':
        await sendHalf(host, options, body);
        request.socket.resetAndDestroy();
        return;
      case 'cut-answer':
        await exchange(host, options, body);
        request.socket.resetAndDestroy();
        return;
      case 'answer':
        response.writeHead(fault.status, asOfTheServer).end(fault.body);
        return;
      case 'hang':
        return;
      case 'edit': {
        const answer = await exchange(host, options, fault.request);
        const changed = Buffer.from(fault.answer(answer.body.toString()));
        answerWith(response, { ...answer, body: changed });
        return;
      }
      case undefined:
        answerWith(response, await exchange(host, options, body));
    }
  };

  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    serve(request, response).catch(() => request.socket.resetAndDestroy());
  });
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}${pathname === '/' ? '' : pathname}`,
    setRule: (next) => void (rule = next),
    befallen: () => befallen,
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      agent.destroy();
      await closed;
    },
  };
}

interface UpstreamResponse {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly body: Buffer;
}

async function exchange(host: string, options: RequestOptions, body: Buffer): Promise<UpstreamResponse> {
  const sent = send(`http://${host}`, withLength(options, body.length)).end(body);
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  return { status: answer.statusCode ?? 502, headers: answer.headers, body: await readAll(answer) };
}

/** Resolves when half of the body is out and the connection reset. */
async function sendHalf(host: string, options: RequestOptions, body: Buffer): Promise<void> {
  const sent = send(`http://${host}`, withLength({ ...options, agent: false }, body.length));
  const closed = new Promise<void>((resolve) => sent.once('close', () => resolve()));
  sent.on('error', () => undefined);
  sent.write(body.subarray(0, body.length >> 1), () => sent.destroy());
  await closed;
}

function withLength(options: RequestOptions, length: number): RequestOptions {
  const { headers, ...others } = options;
  return { ...others, headers: { ...(headers as Record<string, string>), 'content-length': String(length) } };
}

/** Without those of one hop; and the answer must be readable, so the server may not compress it. */
function headersOf({ headers }: IncomingMessage): Record<string, string | string[] | undefined> {
  const ofOneHop = new Set([
    'connection',
    'transfer-encoding',
    'content-length',
    'accept-encoding',
    'expect',
  ]);
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !ofOneHop.has(name)));
}

function answerWith(response: ServerResponse, { status, headers, body }: UpstreamResponse): void {
  const { connection: _, 'transfer-encoding': __, 'keep-alive': ___, ...kept } = headers;
  const known = Object.fromEntries(Object.entries(kept).filter(([, value]) => value !== undefined));
  response.writeHead(status, { ...known, 'content-length': body.length }).end(body);
}

async function readAll(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function decoded(url: string): string {
  try {
    return decodeURIComponent(url.replaceAll('+', ' '));
  } catch {
    return url;
  }
}
