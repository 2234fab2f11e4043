import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';

/** A broker that lets nobody log in by SASL PLAIN, and ends no connection. */
export interface RefusingBroker {
  readonly address: string;
  /** How many logins it has refused. */
  refused(): number;
  /** Resets its connections, as what is between it and a client may do. Resolves when clients have heard of it. */
  reset(): Promise<void>;
  close(): Promise<void>;
}

const [saslHandshake, apiVersions, saslAuthenticate] = [17, 18, 36];
const saslAuthenticationFailed = 58;

/** Starts one. It knows no other requests than those of a login. */
export async function refusingBroker(): Promise<RefusingBroker> {
  const sockets = new Set<Socket>();
  let refused = 0;
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', (request) => {
      const apiKey = request.readInt16BE(4);
      const answer = answerTo(apiKey);
      if (apiKey === saslAuthenticate) refused += 1;
      const head = Buffer.alloc(8);
      head.writeInt32BE(4 + answer.length);
      head.writeInt32BE(request.readInt32BE(8), 4);
      socket.write(Buffer.concat([head, answer]));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    refused: () => refused,
    async reset() {
      for (const socket of sockets) socket.resetAndDestroy();
      await new Promise((resolve) => setTimeout(resolve, 100));
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function answerTo(apiKey: number): Buffer {
  // Of ApiVersions 1: no error, and the versions of a login.
  const versions = [
    [saslHandshake, 0, 1],
    [apiVersions, 0, 1],
    [saslAuthenticate, 0, 0],
  ];
  if (apiKey === apiVersions)
    return Buffer.concat([int16(0), int32(versions.length), ...versions.flat().map(int16), int32(0)]);
  if (apiKey === saslHandshake) return Buffer.concat([int16(0), int32(1), text('PLAIN')]);
  return Buffer.concat([
    int16(saslAuthenticationFailed),
    text('Authentication failed: nobody is let in'),
    int32(0),
  ]);
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

const text = (value: string): Buffer => Buffer.concat([int16(value.length), Buffer.from(value)]);
