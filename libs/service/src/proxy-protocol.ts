import type { Server, Socket } from 'node:net';

/** https://www.haproxy.org/download/3.2/doc/proxy-protocol.txt, section 2.2: 12 bytes that no other protocol begins with. */
const signature = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1');
/** Signature, version and command, family and transport, length of what follows. */
const fixedBytes = 16;
/** Addresses take 36 bytes at the most, and balancers add some tags. */
const mostFollowing = 2_048;
/** How long a balancer may take to send it, in ms. */
const patienceMs = 5_000;
/** Bytes of the two addresses and ports, by address family. */
const lengths = { ipv4: 12, ipv6: 36 } as const;

/** The fixed part of a header of version 2; null for anything else. */
function readFixed(
  bytes: Buffer,
): { isLocal: boolean; family: keyof typeof lengths | null; following: number } | null {
  const [versionAndCommand = 0, family = 0] = [bytes[12], bytes[13]];
  const following = bytes.readUInt16BE(14);
  const command = versionAndCommand & 0x0f;
  if (!bytes.subarray(0, signature.length).equals(signature)) return null;
  if (versionAndCommand >> 4 !== 2 || command > 1 || following > mostFollowing) return null;
  const named = { 0x11: 'ipv4', 0x21: 'ipv6' }[family] as keyof typeof lengths | undefined;
  if (named && following < lengths[named]) return null;
  return { isLocal: command === 0, family: named ?? null, following };
}

function readAddress(family: keyof typeof lengths, following: Buffer): string {
  if (family === 'ipv4') return following.subarray(0, 4).join('.');
  const groups = Array.from({ length: 8 }, (_, index) => following.readUInt16BE(2 * index).toString(16));
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1);
}

/** One connection that begins with a header: what is read of it so far. */
type Ended = { readonly address: string | null } | 'broken' | 'unfinished';

/**
 * Reads the header that a connection begins with, and leaves what follows it in the socket.
 * @returns a reader to be called for each `readable`; `address` is null where the balancer speaks for itself, as its health
 *   checks do, or over what has no address
 */
function headerReader(socket: Socket): () => Ended {
  let fixed: ReturnType<typeof readFixed> | undefined;
  return () => {
    if (fixed === undefined) {
      const bytes = socket.read(fixedBytes) as Buffer | null;
      if (bytes === null) return 'unfinished';
      // The last bytes of a stream that ends are fewer.
      fixed = bytes.length < fixedBytes ? null : readFixed(bytes);
    }
    if (fixed === null) return 'broken';
    const { isLocal, family, following } = fixed;
    if (following === 0) return { address: null };
    const bytes = socket.read(following) as Buffer | null;
    if (bytes === null) return 'unfinished';
    if (bytes.length < following) return 'broken';
    return { address: isLocal || family === null ? null : readAddress(family, bytes) };
  };
}

/**
 * Makes each connection of a server begin with a header of the PROXY protocol, version 2. A connection that does not is
 * closed: what it sends can be no request.
 * @param onAddress called with the address of the client before the server learns of the connection
 */
export function expectProxyHeaders(
  server: Server,
  onAddress: (socket: Socket, address: string) => void,
): void {
  const accepting = server.listeners('connection') as ((socket: Socket) => void)[];
  server.removeAllListeners('connection');
  server.on('connection', (socket: Socket) => {
    const read = headerReader(socket);
    const giveUp = (): void => void socket.destroy();
    const timer = setTimeout(giveUp, patienceMs);
    const onReadable = (): void => {
      const ended = read();
      if (ended === 'unfinished') return;
      clearTimeout(timer);
      socket.off('readable', onReadable).off('error', giveUp).off('end', giveUp);
      if (ended === 'broken') {
        giveUp();
        return;
      }
      if (ended.address !== null) onAddress(socket, ended.address);
      for (const accept of accepting) accept.call(server, socket);
    };
    socket
      .on('readable', onReadable)
      .on('error', giveUp)
      .on('end', giveUp)
      .once('close', () => clearTimeout(timer));
  });
}
