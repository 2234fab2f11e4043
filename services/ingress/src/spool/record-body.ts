import type { OutgoingRecord } from '@sluice/kafka/publisher';

/**
 * A record as the body of a frame: topic, key, count of headers, each header's name, kind and value, then the
 * value to the end. Each part but the last has its length before it (u32); a header's kind is one byte, since
 * text and bytes come out as they went in.
 */
export function recordToBody({ topic, key, value, headers }: OutgoingRecord): Buffer[] {
  const named = Object.entries(headers);
  const parts = [...sized(Buffer.from(topic)), ...sized(key), u32(named.length)];
  for (const [name, content] of named) {
    const text = typeof content === 'string';
    parts.push(...sized(Buffer.from(name)), Buffer.of(text ? 0 : 1));
    parts.push(...sized(text ? Buffer.from(content) : content));
  }
  return [...parts, value];
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

function sized(bytes: Buffer): Buffer[] {
  return [u32(bytes.length), bytes];
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
