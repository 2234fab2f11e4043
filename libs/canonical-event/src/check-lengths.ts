/**
 * Walks Avro binary without building values, to know that every length in it fits the bytes that are there.
 * avsc reads past the end of a buffer without complaint and only finds out afterwards: a few bytes that claim
 * an array of 2^40 items fill the memory first, and the process dies.
 */

/** Moves over one value; throws a RangeError when the bytes end before the value does. */
type Skip = (bytes: Buffer, at: number) => number;

interface Schema {
  type: unknown;
  name?: string;
  fields?: { type: unknown }[];
  items?: unknown;
  values?: unknown;
  size?: number;
}

/** @param schema an Avro schema, parsed from JSON, as the registry keeps it */
export function createLengthCheck(schema: object): (bytes: Buffer) => void {
  const skip = skipperOf(schema, new Map());
  return (bytes) => {
    skip(bytes, 0);
  };
}

function skipperOf(schema: unknown, named: Map<string, Skip>): Skip {
  if (Array.isArray(schema)) return skipUnion(schema.map((member) => skipperOf(member, named)));
  if (typeof schema === 'string') return named.get(schema) ?? skipPrimitive(schema);
  const complex = schema as Schema;
  switch (complex.type) {
    case 'record':
      return skipRecord(complex, named);
    case 'enum':
      return remember(complex, named, skipLong);
    case 'fixed':
      return remember(complex, named, (bytes, at) => within(bytes, at + (complex.size ?? 0)));
    case 'array':
      return skipBlocks(skipperOf(complex.items, named));
    case 'map': {
      const value = skipperOf(complex.values, named);
      return skipBlocks((bytes, at) => value(bytes, skipBytes(bytes, at)));
    }
    default:
      return skipperOf(complex.type, named);
  }
}

function skipRecord(schema: Schema, named: Map<string, Skip>): Skip {
  const fields: Skip[] = [];
  const skip = remember(schema, named, (bytes, at) =>
    fields.reduce((position, field) => field(bytes, position), at),
  );
  for (const { type } of schema.fields ?? []) fields.push(skipperOf(type, named));
  return skip;
}

/** A named type may be used again by its name, with or without its namespace. */
function remember(schema: Schema & { namespace?: string }, named: Map<string, Skip>, skip: Skip): Skip {
  const name = schema.name ?? '';
  named.set(name, skip);
  if (schema.namespace !== undefined) named.set(`${schema.namespace}.${name}`, skip);
  else named.set(name.slice(name.lastIndexOf('.') + 1), skip);
  return skip;
}

function skipPrimitive(name: string): Skip {
  switch (name) {
    case 'null':
      return (_bytes, at) => at;
    case 'boolean':
      return (bytes, at) => within(bytes, at + 1);
    case 'int':
    case 'long':
      return skipLong;
    case 'float':
      return (bytes, at) => within(bytes, at + 4);
    case 'double':
      return (bytes, at) => within(bytes, at + 8);
    case 'bytes':
    case 'string':
      return skipBytes;
    default:
      throw new Error(`The schema uses a type that it does not define: ${name}.`);
  }
}

function skipUnion(members: Skip[]): Skip {
  return (bytes, at) => {
    const { value, next } = readLong(bytes, at);
    const member = members[value];
    if (!member) throw new RangeError(`There is no member ${value} in the union.`);
    return member(bytes, next);
  };
}

function skipBlocks(skipItem: Skip): Skip {
  return (bytes, start) => {
    let at = start;
    for (;;) {
      const head = readLong(bytes, at);
      at = head.next;
      if (head.value === 0) return at;
      // A negative count is followed by the size of the block.
      if (head.value < 0) at = readLong(bytes, at).next;
      for (let left = Math.abs(head.value); left > 0; left -= 1) {
        const next = skipItem(bytes, at);
        if (next === at) throw new RangeError('An array holds items that take no bytes.');
        at = next;
      }
    }
  };
}

const skipLong: Skip = (bytes, at) => readLong(bytes, at).next;

const skipBytes: Skip = (bytes, at) => {
  const { value, next } = readLong(bytes, at);
  if (value < 0) throw new RangeError('A length is negative.');
  return within(bytes, next + value);
};

/** Zigzag varint. Beyond 2^53 the value is not exact, which is far beyond any length. */
function readLong(bytes: Buffer, start: number): { value: number; next: number } {
  let at = start;
  let value = 0;
  let scale = 1;
  for (;;) {
    const byte = bytes[at];
    if (byte === undefined || at - start > 9) throw new RangeError('The bytes end inside a number.');
    at += 1;
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) break;
    scale *= 128;
  }
  return { value: value % 2 === 0 ? value / 2 : -(value + 1) / 2, next: at };
}

function within(bytes: Buffer, at: number): number {
  if (at > bytes.length) throw new RangeError('The bytes end inside a value.');
  return at;
}
