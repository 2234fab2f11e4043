import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { once } from 'node:events';

/**
 * A TCP proxy in front of one broker. In the broker's answers its own port takes the place of the broker's,
 * so that clients come back to it.
 */
export interface BrokerProxy {
  readonly address: string;
  /** How many connections clients have made. */
  connections(): number;
  /** Produce requests that clients sent. */
  produceRequests(): number;
  /** The next requests of a kind break their connection. @param apiKey Kafka's, 32 for DescribeConfigs */
  breakAt(apiKey: number, times: number): void;
  /** The next answers to ListOffsets say that the broker does not lead the first partition (NOT_LEADER). */
  denyLeading(times: number): void;
  /** From now on the broker's answers are kept back: the client hears nothing. */
  mute(): void;
  /** Passes on what was kept back, and whatever comes. */
  unmute(): void;
  /** The connections that are open now stay open and are no longer answered; later ones are. */
  forget(): void;
  /** Answers them again. */
  remember(): void;
  open(): Promise<void>;
  close(): Promise<void>;
}

/** @param broker host and port of the real one, as it advertises itself */
export async function createBrokerProxy(broker: string): Promise<BrokerProxy> {
  const [host = '', port = ''] = broker.split(':');
  const sockets = new Set<Socket>();
  const muted = new Set<Socket>();
  const forgotten = new Set<Socket>();
  let muting = false;
  let produced = 0;
  let ownPort = 0;
  let connections = 0;
  const breaking = { apiKey: -1, times: 0 };
  let denials = 0;

  /** Only whole frames are looked at: a request is its size (4 bytes), then its kind (2). */
  const readRequests = (denied: Map<number, boolean>, onBreak: () => void): ((chunk: Buffer) => void) => {
    let rest = Buffer.alloc(0);
    return (chunk) => {
      rest = Buffer.concat([rest, chunk]);
      while (rest.length >= 6 && rest.length >= 4 + rest.readInt32BE(0)) {
        const apiKey = rest.readInt16BE(4);
        if (apiKey === 0) produced += 1;
        if (apiKey === breaking.apiKey && breaking.times > 0) {
          breaking.times -= 1;
          onBreak();
        }
        if (apiKey === listOffsets && denials > 0) {
          denials -= 1;
          denied.set(rest.readInt32BE(8), rest.readInt16BE(6) >= 6);
        }
        rest = rest.subarray(4 + rest.readInt32BE(0));
      }
    };
  };

  const server = createServer((client) => {
    const upstream = connect(Number(port), host);
    /** Correlation ids, and whether their answers are of a flexible version. */
    const denied = new Map<number, boolean>();
    const read = readRequests(denied, () => client.resetAndDestroy());
    connections += 1;
    client.on('data', (chunk) => {
      read(chunk);
      if (!client.destroyed) upstream.write(chunk);
    });
    upstream.on('data', (chunk) => {
      const answer = advertising(chunk, host, Number(port), ownPort);
      const correlation = answer.readInt32BE(4);
      const isFlexible = denied.get(correlation);
      client.write(isFlexible === undefined ? answer : notLeading(answer, isFlexible));
      denied.delete(correlation);
    });
    if (muting) upstream.pause();
    muted.add(upstream);
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        muted.delete(socket);
        other.destroy();
      });
    }
  });
  const listen = async (at: number): Promise<void> => {
    server.listen(at, '127.0.0.1');
    await once(server, 'listening');
    ownPort = (server.address() as AddressInfo).port;
  };
  await listen(0);

  return {
    address: `127.0.0.1:${ownPort}`,
    connections: () => connections,
    produceRequests: () => produced,
    breakAt: (apiKey, times) => void Object.assign(breaking, { apiKey, times }),
    denyLeading: (times) => void (denials = times),
    mute() {
      muting = true;
      for (const upstream of muted) upstream.pause();
    },
    unmute() {
      muting = false;
      for (const upstream of muted) upstream.resume();
    },
    forget() {
      for (const upstream of muted) {
        upstream.pause();
        forgotten.add(upstream);
      }
      muted.clear();
    },
    remember() {
      for (const upstream of forgotten) upstream.resume();
    },
    open: () => listen(ownPort),
    async close() {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

const listOffsets = 2;

/**
 * ListOffsets 2: size, correlation id, throttle time, topics, of the first its name, partitions, of the first its number.
 * From version 6 on there are tags behind the correlation id, and numbers and lengths are of one byte here.
 */
function notLeading(answer: Buffer, isFlexible: boolean): Buffer {
  const changed = Buffer.from(answer);
  if (isFlexible) changed.writeInt16BE(6, 14 + answer.readUInt8(14) + 5);
  else changed.writeInt16BE(6, 18 + answer.readInt16BE(16) + 8);
  return changed;
}

/** Kafka writes a broker as its host (2 bytes of length, text) and its port (4 bytes). */
function advertising(bytes: Buffer, host: string, from: number, to: number): Buffer {
  const wanted = Buffer.alloc(host.length + 4);
  wanted.write(host);
  wanted.writeInt32BE(from, host.length);
  const changed = Buffer.from(bytes);
  for (let at = changed.indexOf(wanted); at >= 0; at = changed.indexOf(wanted, at + wanted.length))
    changed.writeInt32BE(to, at + host.length);
  return changed;
}
