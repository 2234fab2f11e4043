import type { Reader } from '@platformatic/kafka';

/**
 * Reads a broker's answer (https://kafka.apache.org/protocol.html#protocol_types) from bytes that lie together: the
 * library's reader looks for the right piece at each number.
 */
export class AnswerReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(reader: Reader) {
    this.#bytes = reader.buffer.slice(reader.position);
  }

  skip(bytes: number): void {
    this.#at += bytes;
  }
  array<T>(read: () => T): T[] {
    return Array.from({ length: Math.max(0, this.int32()) }, read);
  }
  text(): string {
    return this.#part(this.int16()).toString();
  }
  /** Empty where the length is -1. */
  bytes(): Buffer {
    return this.#part(this.int32());
  }
  int16(): number {
    this.#at += 2;
    return this.#bytes.readInt16BE(this.#at - 2);
  }
  int32(): number {
    this.#at += 4;
    return this.#bytes.readInt32BE(this.#at - 4);
  }
  int64(): bigint {
    this.#at += 8;
    return this.#bytes.readBigInt64BE(this.#at - 8);
  }

  #part(length: number): Buffer {
    const start = this.#at;
    this.#at += Math.max(0, length);
    return this.#bytes.subarray(start, this.#at);
  }
}
