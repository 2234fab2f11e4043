import { connect as connectTcp, isIP, isIPv6, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { ISocketFactory } from 'kafkajs';
import { brokerAddressOf } from '../broker-address.ts';

/**
 * The open sockets of a client. kafkajs connects again for what is under way when it disconnects, and leaves such a
 * connection open.
 */
export class ClientSockets {
  readonly #open = new Set<Socket>();
  #isClosed = false;

  add(socket: Socket): void {
    if (this.#isClosed) socket.destroy();
    this.#open.add(socket);
    socket.once('close', () => this.#open.delete(socket));
  }

  /** Breaks them all, and each one that is opened later. */
  close(): void {
    this.#isClosed = true;
    for (const socket of this.#open) socket.destroy();
  }
}

/**
 * Sockets that break when requests were written and nothing at all came back for `silentMs`. A broker behind a
 * black hole sends no reset: kafkajs would write into its connection until the kernel gives up, a quarter of an
 * hour later, and every request would wait for its time-out in vain. Broken, the connection is made again.
 */
export function breakingSockets(silentMs: number, sockets?: ClientSockets): ISocketFactory {
  return ({ host: written, port, ssl, onConnect }) => {
    const host = hostOf(written);
    // Untyped in kafkajs: absent without TLS.
    const tls = ssl as typeof ssl | undefined;
    const servername = isIP(host) ? {} : { servername: host };
    const socket = tls
      ? connectTls({ host, port, ...servername, ...tls }, onConnect)
      : connectTcp({ host, port }, onConnect);
    socket.setKeepAlive(true, 60_000);
    breakWhenSilent(socket, silentMs, `${host}:${port}`);
    sockets?.add(socket);
    return socket;
  };
}

/** kafkajs takes what is before the first colon for the host. */
export function asKafkajsReads(broker: string): string {
  const address = brokerAddressOf(broker);
  return address && isIPv6(address.host) ? `${encodeURIComponent(address.host)}:${address.port}` : broker;
}

const hostOf = (written: string): string =>
  written.includes(encodeURIComponent(':')) ? decodeURIComponent(written) : written;

function breakWhenSilent(socket: Socket, silentMs: number, broker: string): void {
  let writtenWhenHeard = 0;
  let silentSince: number | null = null;
  socket.on('data', () => {
    writtenWhenHeard = socket.bytesWritten;
    silentSince = null;
  });
  const timer = setInterval(() => {
    if (socket.bytesWritten === writtenWhenHeard) return;
    silentSince ??= performance.now();
    if (performance.now() - silentSince >= silentMs)
      socket.destroy(new Error(`${broker} has not answered for ${silentMs} ms`));
  }, silentMs / 4).unref();
  socket.once('close', () => clearInterval(timer));
}
