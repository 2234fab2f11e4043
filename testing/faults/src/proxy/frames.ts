/** Kafka's keys of requests that the suite names. See https://kafka.apache.org/protocol#protocol_api_keys */
export const apiKeys = {
  produce: 0,
  fetch: 1,
  metadata: 3,
  offsetCommit: 8,
  findCoordinator: 10,
  heartbeat: 12,
} as const;

/**
 * Cuts a stream of bytes into Kafka's frames: a size (4 bytes, big-endian), then so many bytes.
 * @returns for each chunk the frames that it completed, their sizes included
 */
export function frameReader(): (chunk: Buffer) => Buffer[] {
  let pieces: Buffer[] = [];
  let length = 0;
  return (chunk) => {
    pieces.push(chunk);
    length += chunk.length;
    const first = pieces[0];
    // Joined only when a frame is complete: a large one comes in many chunks.
    if (first && first.length >= 4 && length < 4 + first.readInt32BE(0)) return [];
    let rest = Buffer.concat(pieces, length);
    const frames: Buffer[] = [];
    while (rest.length >= 4 && rest.length >= 4 + rest.readInt32BE(0)) {
      const end = 4 + rest.readInt32BE(0);
      frames.push(rest.subarray(0, end));
      rest = rest.subarray(end);
    }
    pieces = rest.length > 0 ? [rest] : [];
    length = rest.length;
    return frames;
  };
}

/** The head that every request has, whatever its version. */
export interface RequestHead {
  readonly apiKey: number;
  readonly apiVersion: number;
  readonly correlationId: number;
}

/** @param frame a request, its size included; undefined when it is too short to be one */
export function readRequestHead(frame: Buffer): RequestHead | undefined {
  if (frame.length < 12) return undefined;
  return {
    apiKey: frame.readInt16BE(4),
    apiVersion: frame.readInt16BE(6),
    correlationId: frame.readInt32BE(8),
  };
}

/** @param frame an answer, its size included */
export function readAnswerId(frame: Buffer): number {
  return frame.readInt32BE(4);
}

/**
 * Puts other ports for brokers into an answer that names them. All versions write a broker as its host, then its
 * port in 4 bytes, so the length stays.
 * @param ports the port to be written, by the broker's own
 */
export function rewriteBrokers(frame: Buffer, host: string, ports: ReadonlyMap<number, number>): Buffer {
  const changed = Buffer.from(frame);
  const name = Buffer.from(host);
  for (let at = changed.indexOf(name); at >= 0; at = changed.indexOf(name, at + name.length)) {
    const behind = at + name.length;
    if (behind + 4 > changed.length) break;
    const port = ports.get(changed.readInt32BE(behind));
    if (port !== undefined) changed.writeInt32BE(port, behind);
  }
  return changed;
}
