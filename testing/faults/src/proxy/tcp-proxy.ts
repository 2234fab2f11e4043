import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/**
 * How a proxy treats connections.
 * - `pass`: as if it were not there
 * - `refuse`: resets every connection, old and new, as a host whose server has died
 * - `black-hole`: takes connections and passes nothing, as a network that drops every packet; what is under way
 *   continues when it ends, as TCP would
 */
type LinkMode = 'pass' | 'refuse' | 'black-hole';

/** What a protocol's own proxy does with the bytes of one connection, in order, each direction for itself. */
export interface Filter {
  /** The bytes that continue to the server instead of these. */
  toServer(chunk: Buffer): Buffer | Promise<Buffer>;
  /** The bytes that continue to the client instead of these; null resets the connection. */
  toClient(chunk: Buffer): Buffer | null | Promise<Buffer | null>;
}

export interface TcpProxy {
  readonly port: number;
  /** `127.0.0.1:<port>` */
  readonly address: string;
  setMode(mode: LinkMode): void;
  /** Bytes per second over all connections and both directions; null for as fast as it goes. */
  setRate(bytesPerSecond: number | null): void;
  /** Resets (RST) every connection that is open; new ones are taken. */
  reset(): void;
  connections(): number;
  close(): Promise<void>;
}

/** Opens a connection to the real server, `host:port`. */
export type Dial = (target: string) => Socket;

const dialDirectly: Dial = (target) => {
  const [host = '', port = ''] = target.split(':');
  return connect({ port: Number(port), host, noDelay: true });
};

/**
 * @param target `host:port` of the real server
 * @param dial how it is reached, when it is not directly
 */
export async function openTcpProxy(
  target: string,
  filterFor: () => Filter = () => ({ toServer: (chunk) => chunk, toClient: (chunk) => chunk }),
  dial: Dial = dialDirectly,
): Promise<TcpProxy> {
  const clients = new Set<Socket>();
  const link = createLink();

  const server = createServer({ noDelay: true }, (client) => {
    if (link.mode() === 'refuse') {
      client.on('error', () => undefined);
      resetSocket(client);
      return;
    }
    const upstream = dial(target);
    const filter = filterFor();
    clients.add(client);
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      // A reset on one side is a reset on the other.
      socket.on('error', () => resetSocket(other));
      socket.on('close', () => {
        clients.delete(client);
        other.destroy();
      });
    }
    void relay(client, upstream, (chunk) => filter.toServer(chunk), link);
    void relay(upstream, client, (chunk) => filter.toClient(chunk), link);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const own = (server.address() as AddressInfo).port;
  const reset = (): void => {
    for (const client of clients) resetSocket(client);
  };

  return {
    port: own,
    address: `127.0.0.1:${own}`,
    setMode(mode) {
      link.setMode(mode);
      if (mode === 'refuse') reset();
    },
    setRate: (bytesPerSecond) => link.setRate(bytesPerSecond),
    reset,
    connections: () => clients.size,
    async close() {
      const closed = once(server, 'close');
      server.close();
      link.setMode('pass');
      for (const client of clients) client.destroy();
      await closed;
    },
  };
}

function resetSocket(socket: Socket): void {
  try {
    socket.resetAndDestroy();
  } catch {
    // A socket file knows no reset.
    socket.destroy();
  }
}

/** Passes on what one side says until it ends; reads no further while the other side or the link is busy. */
async function relay(
  from: Socket,
  to: Socket,
  through: (chunk: Buffer) => Buffer | null | Promise<Buffer | null>,
  link: Link,
): Promise<void> {
  try {
    for await (const chunk of from as AsyncIterable<Buffer>) {
      const passed = await through(chunk);
      if (passed === null) {
        resetSocket(from);
        resetSocket(to);
        return;
      }
      await link.opened();
      await link.paced(passed.length);
      if (to.destroyed) return;
      if (passed.length > 0 && !to.write(passed)) await drainedOrClosed(to);
    }
    await link.opened();
    to.end();
  } catch {
    // The connection broke; its 'error' and 'close' have told the other side.
  }
}

function drainedOrClosed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      socket.off('drain', done);
      socket.off('close', done);
      resolve();
    };
    socket.on('drain', done);
    socket.on('close', done);
  });
}

interface Link {
  mode(): LinkMode;
  setMode(mode: LinkMode): void;
  setRate(bytesPerSecond: number | null): void;
  /** Resolves when the link is no black hole. */
  opened(): Promise<void>;
  /** Resolves when so many bytes have had their time on the link. */
  paced(bytes: number): Promise<void>;
}

function createLink(): Link {
  let mode: LinkMode = 'pass';
  let rate: number | null = null;
  let busyUntil = 0;
  let waiting: (() => void)[] = [];
  return {
    mode: () => mode,
    setMode(next) {
      mode = next;
      if (mode === 'black-hole') return;
      for (const go of waiting) go();
      waiting = [];
    },
    setRate(bytesPerSecond) {
      rate = bytesPerSecond;
      busyUntil = 0;
    },
    async opened() {
      while (mode === 'black-hole') await new Promise<void>((resolve) => waiting.push(resolve));
    },
    async paced(bytes) {
      if (rate === null || bytes === 0) return;
      const now = performance.now();
      busyUntil = Math.max(now, busyUntil) + (bytes * 1000) / rate;
      await new Promise((resolve) => setTimeout(resolve, busyUntil - now));
    },
  };
}
