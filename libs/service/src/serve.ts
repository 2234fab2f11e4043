import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import {
  createServer,
  STATUS_CODES,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import { Server as NetServer, Socket, type AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { expectProxyHeaders } from './proxy-protocol.ts';
import type { Certificate } from './server-certificate.ts';

/** The header of an answer that names the request. */
export const requestIdHeader = 'x-sluice-request-id';

export interface HttpLimits {
  /** Undefined: all addresses, of IPv6 too where there is IPv6. */
  readonly host?: string | undefined;
  readonly port: number;
  /** Close to it, connections that are idle are closed for new ones, the longest idle first. */
  readonly maxConnections: number;
  /** How long a connection may be idle between two requests, in ms. */
  readonly keepAliveMs: number;
  /** Read again for new connections. Undefined: no TLS. */
  readonly certificate?: (() => Certificate) | undefined;
  /** Whether each connection begins with a header of the PROXY protocol, version 2. Default: false. */
  readonly proxyProtocol?: boolean;
  /** What `GET /` answers to balancers: 200 if it should get traffic, else 503. */
  isReady(): boolean;
}

export interface Serving {
  readonly port: number;
  /**
   * Answers what has been asked and resolves when the last answer is out. Nobody can connect from now on. Who is connected
   * can ask again for a moment: the answer says that the connection ends, so that none is reset.
   */
  stop(): Promise<void>;
  /** How many requests have no answer yet. */
  unanswered(): number;
  /** Aborts every connection. Returns how many requests had no answer yet. */
  abort(): number;
}

/** What cannot be read as a request, and was answered without the listener. */
export interface Unreadable {
  readonly requestId: string;
  /** 400; 408 if it took too long; 431 if its head is too large. */
  readonly status: number;
  readonly address: string | undefined;
}

/** With this part of the connections open, each new one closes an idle one. */
const busyShare = 0.9;
/** During a stop, an idle connection is closed after this long. */
const lingerMs = 1_000;
/** During a stop, the connection of an unfinished request is aborted after this long. */
const unfinishedMs = 5_000;

const timeOuts = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  connectionsCheckingInterval: 1_000,
  maxHeaderSize: 16 * 1024,
};

/** A certificate is read again for a new connection, and no sooner after the last time, in ms. */
const renewEveryMs = 1_000;

/** What is open on a server. */
interface Open {
  /** Connections whose header or handshake is not complete, by peer. */
  readonly beginning: Map<string, Socket>;
  /** And how many of its requests have no answer yet: some send the next one before. */
  readonly connections: Map<Socket, number>;
  /** Those of them that wait for their next request, the longest idle first. */
  readonly idle: Set<Socket>;
  /** Answers that are not out. */
  readonly inFlight: Set<ServerResponse>;
  /** How many connections there have been. */
  accepted: number;
  stopping: boolean;
}

/**
 * Serves HTTP with time-outs and limits against clients that are slow or many.
 * @param onUnreadable called for bytes that cannot be read as a request, after they were answered
 */
export function serve(
  listener: RequestListener,
  limits: HttpLimits,
  onUnreadable: (unreadable: Unreadable) => void = () => undefined,
): Promise<Serving> {
  const open: Open = {
    beginning: new Map(),
    connections: new Map(),
    idle: new Set(),
    inFlight: new Set(),
    accepted: 0,
    stopping: false,
  };
  const { beginning, connections, inFlight } = open;
  const server = createListening(limits, open, (request, response) => {
    begin(request, response, open);
    if (isHealthCheck(request)) answerHealth(response, !open.stopping && limits.isReady());
    else listener(request, response);
  });
  server.on('clientError', (error, socket) => answerUnreadable(error, socket, inFlight, onUnreadable));
  const unanswered = (): number => [...inFlight].filter(({ writableEnded }) => !writableEnded).length;
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(limits.port, limits.host, () => {
      resolve({
        port: (server.address() as AddressInfo).port,
        stop: () => stop(server, open),
        unanswered,
        abort() {
          const aborted = unanswered();
          for (const socket of [...connections.keys(), ...beginning.values()]) socket.destroy();
          return aborted;
        },
      });
    });
  });
}

/** The server with what each connection begins with: a header, a handshake, both or none. */
function createListening(limits: HttpLimits, open: Open, listener: RequestListener): Server | TlsServer {
  const { certificate, proxyProtocol = false, maxConnections } = limits;
  const settings = { ...timeOuts, keepAliveTimeout: limits.keepAliveMs };
  const server = certificate
    ? createTlsServer({ ...settings, ...certificate(), handshakeTimeout: timeOuts.headersTimeout }, listener)
    : createServer(settings, listener);
  server.maxConnections = maxConnections;
  if (certificate && 'setSecureContext' in server) renewFor(server, certificate);
  const begun = certificate ? 'secureConnection' : 'connection';
  const addresses = new Map<string, string>();
  server.prependListener(begun, (socket: Socket) => {
    const peer = peerOf(socket);
    const address = addresses.get(peer);
    open.beginning.delete(peer);
    addresses.delete(peer);
    // What Node has there is the balancer.
    if (address !== undefined) Object.defineProperty(socket, 'remoteAddress', { value: address });
    admit(socket, maxConnections, open);
  });
  if (proxyProtocol) expectProxyHeaders(server, (socket, address) => addresses.set(peerOf(socket), address));
  if (proxyProtocol || certificate)
    server.prependListener('connection', (socket: Socket) => {
      const peer = peerOf(socket);
      open.beginning.set(peer, socket);
      socket.once('close', () => {
        open.beginning.delete(peer);
        addresses.delete(peer);
      });
    });
  return server;
}

function renewFor(server: TlsServer, certificate: () => Certificate): void {
  let readAt = performance.now();
  server.prependListener('connection', () => {
    if (performance.now() - readAt < renewEveryMs) return;
    readAt = performance.now();
    server.setSecureContext(certificate());
  });
}

/** What a connection has of its own among those that are open. */
const peerOf = ({ remoteAddress = '', remotePort = 0 }: Socket): string => `${remoteAddress} ${remotePort}`;

/** Makes room for a connection, so that those which are kept open for long refuse nobody. */
function admit(socket: Socket, maxConnections: number, open: Open): void {
  const { connections, idle } = open;
  open.accepted += 1;
  connections.set(socket, 0);
  socket.once('close', () => {
    connections.delete(socket);
    idle.delete(socket);
  });
  if (connections.size <= busyShare * maxConnections) return;
  for (const longestIdle of idle) {
    idle.delete(longestIdle);
    longestIdle.destroy();
    return;
  }
}

function begin(request: IncomingMessage, response: ServerResponse, open: Open): void {
  const { connections, idle, inFlight } = open;
  const { socket } = request;
  const count = (change: number): void => {
    const before = connections.get(socket);
    if (before === undefined) return;
    connections.set(socket, before + change);
    if (before + change === 0) idle.add(socket);
    else idle.delete(socket);
  };
  count(1);
  inFlight.add(response);
  response.once('close', () => {
    inFlight.delete(response);
    count(-1);
  });
  closeAfterBody(request);
  if (open.stopping) response.setHeader('connection', 'close');
}

/** Balancers of clouds ask the port that they send to. */
const isHealthCheck = ({ method, url }: IncomingMessage): boolean =>
  url === '/' && (method === 'GET' || method === 'HEAD');

function answerHealth(response: ServerResponse, isReady: boolean): void {
  const text = isReady ? 'ok\n' : 'unavailable\n';
  response
    .writeHead(isReady ? 200 : 503, { 'content-type': 'text/plain', 'cache-control': 'no-store' })
    .end(text);
}

/**
 * Where the connection ends with an answer that comes before the end of the body, the rest of the body is read and dropped first,
 * until its request times out. Closed with unread bytes, the kernel would reset the connection, and the client lose the answer.
 */
function closeAfterBody(request: IncomingMessage): void {
  const { socket } = request;
  // What Node calls after the last answer of a connection.
  socket.destroySoon = () => {
    if (request.complete) {
      Socket.prototype.destroySoon.call(socket);
      return;
    }
    request.resume();
    socket.end();
  };
}

function answerUnreadable(
  error: NodeJS.ErrnoException,
  socket: Duplex,
  inFlight: ReadonlySet<ServerResponse>,
  onUnreadable: (unreadable: Unreadable) => void,
): void {
  const response = [...inFlight].find((one) => one.socket === socket);
  if (socket.writable && !response?.headersSent) {
    // A body that breaks off: the listener gave its request an id, and reports it itself.
    const known = response?.req.headers[requestIdHeader];
    const requestId = typeof known === 'string' ? known : randomUUID();
    const status = statusOf(error);
    const head = [`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`, `${requestIdHeader}: ${requestId}`];
    socket.write([...head, 'connection: close', '', ''].join('\r\n'));
    const address = socket instanceof Socket ? socket.remoteAddress : undefined;
    if (!response) onUnreadable({ requestId, status, address });
  }
  socket.destroy(error);
}

async function stop(server: Server, open: Open): Promise<void> {
  open.stopping = true;
  for (const response of open.inFlight) if (!response.headersSent) response.setHeader('connection', 'close');
  await untilNobodyWaits(open);
  const closed = once(server, 'close');
  // First, while most clients still have a connection: of those that connect at this very moment, the kernel resets some.
  // The listener alone: an HTTP server would also close who has connected and is about to ask.
  NetServer.prototype.close.call(server);
  await untilAllEnd(open, lingerMs);
  await untilNobodyWaits(open);
  server.close();
  const timer = setTimeout(() => abortUnfinished(open), unfinishedMs);
  await closed;
  clearTimeout(timer);
}

async function untilAllEnd({ connections }: Open, withinMs: number): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (connections.size > 0 && performance.now() < deadline)
    await new Promise((resolve) => setTimeout(resolve, 10));
}

/**
 * Anybody who has connected is accepted, and what they sent is read: the kernel resets both when their socket is
 * closed. A process that got no time for a while has many of them waiting. A flood of new ones is not waited for.
 */
async function untilNobodyWaits(open: Open): Promise<void> {
  const deadline = performance.now() + lingerMs;
  for (let before = -1; before !== open.accepted && performance.now() < deadline;) {
    before = open.accepted;
    // The loop looks at its sockets for sure between two of them, not before the first.
    await new Promise(setImmediate);
    await new Promise(setImmediate);
  }
}

function abortUnfinished({ beginning, connections, inFlight }: Open): void {
  const asked = new Set([...inFlight].filter(({ req }) => req.complete).map(({ socket }) => socket));
  for (const socket of connections.keys()) if (!asked.has(socket)) socket.destroy();
  for (const socket of beginning.values()) socket.destroy();
}

/** As Node answers it when nobody listens. */
function statusOf({ code }: NodeJS.ErrnoException): number {
  if (code === 'HPE_HEADER_OVERFLOW') return 431;
  return code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400;
}
