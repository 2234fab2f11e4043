/** A field of a protobuf message: its number, and its bytes (length-delimited) or its number (all other types). */
export interface Field {
  readonly field: number;
  readonly bytes: Buffer;
  readonly number: bigint;
}

/**
 * The fields of a protobuf message, in their order.
 * Source: protobuf.dev/programming-guides/encoding.
 */
export function fieldsOf(message: Buffer): Field[] {
  const fields: Field[] = [];
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = message.readUInt8(at++);
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  const take = (length: number): Buffer => message.subarray(at, (at += length));
  while (at < message.length) {
    const tag = varint();
    const field = Number(tag >> 3n);
    const type = Number(tag & 7n);
    if (type === 0) fields.push({ field, bytes: Buffer.alloc(0), number: varint() });
    else if (type === 1) fields.push({ field, bytes: Buffer.alloc(0), number: take(8).readBigUInt64LE() });
    else if (type === 2) fields.push({ field, bytes: take(Number(varint())), number: 0n });
    else if (type === 5)
      fields.push({ field, bytes: Buffer.alloc(0), number: BigInt(take(4).readUInt32LE()) });
    else throw new Error(`No field of protobuf has the wire type ${type}.`);
  }
  return fields;
}
