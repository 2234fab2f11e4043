import type { OutgoingRecord } from '@sluice/kafka/publisher';

/**
 * A record as the body of a frame: topic, key, count of headers, each header's name, kind and value, then the
 * value to the end. Each part but the last has its length before it (u32); a header's kind is one byte, since
 * text and bytes come out as they went in.
 */
export function recordToBody({ topic, key, value, headers }: OutgoingRecord): Buffer[] {
  const named = Object.entries(headers);
  let bytes = sizedBytes(topic) + sizedBytes(key) + 4;
  for (const [name, content] of named) bytes += sizedBytes(name) + 1 + sizedBytes(content);
  const head = Buffer.allocUnsafe(bytes);
  let at = 0;
  const put = (part: string | Buffer): void => {
    const length = typeof part === 'string' ? head.write(part, at + 4) : part.copy(head, at + 4);
    head.writeUInt32BE(length, at);
    at += 4 + length;
  };
  put(topic);
  put(key);
  at = head.writeUInt32BE(named.length, at);
  for (const [name, content] of named) {
    put(name);
    at = head.writeUInt8(typeof content === 'string' ? 0 : 1, at);
    put(content);
  }
  return [head, value];
}

/** The inverse; shares memory with the body. Null when the body was not made by `recordToBody`. */
export function recordOfBody(body: Buffer): OutgoingRecord | null {
  let at = 0;
  const take = (bytes: number): Buffer => {
    if (at + bytes > body.length) throw new RangeError('the body ends too early');
    at += bytes;
    return body.subarray(at - bytes, at);
  };
  const takeSized = (): Buffer => take(take(4).readUInt32BE());
  try {
    const topic = takeSized().toString();
    const key = takeSized();
    const count = take(4).readUInt32BE();
    const named: [string, string | Buffer][] = [];
    while (named.length < count) {
      const name = takeSized().toString();
      const text = take(1)[0] === 0;
      const content = takeSized();
      named.push([name, text ? content.toString() : content]);
    }
    return { topic, key, value: take(body.length - at), headers: Object.fromEntries(named) };
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** Of a part with its length before it. */
function sizedBytes(part: string | Buffer): number {
  return 4 + Buffer.byteLength(part);
}
