/**
 * Walks Avro binary without building values, to know that every length in it fits the bytes that are there.
 * avsc reads past the end of a buffer without complaint and only finds out afterwards: a few bytes that claim
 * an array of 2^40 items fill the memory first, and the process dies.
 */

/** A place in the bytes. */
interface Cursor {
  readonly bytes: Buffer;
  at: number;
}

/** Moves over one value; throws a RangeError when the bytes end before the value does. */
type Skip = (cursor: Cursor) => void;

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
    skip({ bytes, at: 0 });
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
      return remember(complex, named, (cursor) => move(cursor, complex.size ?? 0));
    case 'array':
      return skipBlocks(skipperOf(complex.items, named));
    case 'map': {
      const value = skipperOf(complex.values, named);
      return skipBlocks((cursor) => {
        skipBytes(cursor);
        value(cursor);
      });
    }
    default:
      return skipperOf(complex.type, named);
  }
}

function skipRecord(schema: Schema, named: Map<string, Skip>): Skip {
  const fields: Skip[] = [];
  const skip = remember(schema, named, (cursor) => {
    for (const field of fields) field(cursor);
  });
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
      return () => undefined;
    case 'boolean':
      return (cursor) => move(cursor, 1);
    case 'int':
    case 'long':
      return skipLong;
    case 'float':
      return (cursor) => move(cursor, 4);
    case 'double':
      return (cursor) => move(cursor, 8);
    case 'bytes':
    case 'string':
      return skipBytes;
    default:
      throw new Error(`The schema uses a type that it does not define: ${name}.`);
  }
}

function skipUnion(members: Skip[]): Skip {
  return (cursor) => {
    const index = readLong(cursor);
    const member = members[index];
    if (!member) throw new RangeError(`There is no member ${index} in the union.`);
    member(cursor);
  };
}

function skipBlocks(skipItem: Skip): Skip {
  return (cursor) => {
    for (let count = readLong(cursor); count !== 0; count = readLong(cursor)) {
      // A negative count is followed by the size of the block.
      if (count < 0) readLong(cursor);
      for (let left = Math.abs(count); left > 0; left -= 1) {
        const { at } = cursor;
        skipItem(cursor);
        if (cursor.at === at) throw new RangeError('An array holds items that take no bytes.');
      }
    }
  };
}

const skipLong: Skip = (cursor) => {
  readLong(cursor);
};

const skipBytes: Skip = (cursor) => {
  const length = readLong(cursor);
  if (length < 0) throw new RangeError('A length is negative.');
  move(cursor, length);
};

/** Zigzag varint. Beyond 2^53 the value is not exact, which is far beyond any length. */
function readLong(cursor: Cursor): number {
  const { bytes, at: start } = cursor;
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
  cursor.at = at;
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}

function move(cursor: Cursor, bytes: number): void {
  cursor.at += bytes;
  if (cursor.at > cursor.bytes.length) throw new RangeError('The bytes end inside a value.');
}
