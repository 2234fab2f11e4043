import { createDecipheriv } from 'node:crypto';
import type { VendorId } from '../index.ts';
import type { VendorAttacks } from './vendor-attacks.ts';

/** A value that the vendor sent. */
export interface SentValue {
  readonly path: string;
  readonly value: string;
}

/** A record as somebody might send it, and the values that are in it. */
export interface SentRecord {
  readonly payload: string;
  readonly sent: readonly SentValue[];
}

/** A push as the vendor sends it. Names of headers are in lower case. */
export interface TestPush {
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** What a source and its vendor share. */
export interface TestKeys {
  readonly token: string;
  /** Null: the push is plain. */
  readonly aesKey: string | null;
}

/** Where a signature and what it covers stand: names of headers or of query parameters. */
export interface SignedParts {
  readonly signature: string;
  /** The time of the push; null for a vendor that signs no time, whose pushes are never stale. */
  readonly time: string | null;
  /** What is signed right behind the time, with nothing between them: digits could be moved. Left out: nothing is. */
  readonly behindTime?: string;
  /**
   * Settings of a source that takes times in one form alone: where two forms are taken, digits that are moved may make
   * the same second again. Left out: there is one form.
   */
  readonly strictSettings?: Readonly<Record<string, string>>;
}

/** A ciphertext in a body, whatever is in it. */
export interface Ciphertext {
  readonly sent: Buffer;
  /** Whether all of its plaintext but frame and padding is in a payload. */
  readonly isKeptIn: (payload: Buffer) => boolean;
}

/** A payload of about so many bytes. */
export type Shape = (bytes: number) => string;

/** The piece over and over, in so many bytes at most where each of its characters is one. */
export const fill = (bytes: number, piece: string): string => piece.repeat(Math.floor(bytes / piece.length));

/** What the tests that run over every vendor need of one: `vendors/<id>/testing.ts` exports it as `testing`. */
export interface VendorTesting {
  /** What the page of field coverage has to say next to its tables. */
  readonly coverageNote: string;
  /** A payload of one record, with these fields by their documented paths, as the vendor would write it. */
  readonly writeRecord: (fields: readonly (readonly [path: string, value: string])[]) => SentRecord;
  /** Keys of two sources, in the vendor's forms. `aesKey` is null in both for a vendor without encryption. */
  readonly keys: readonly [TestKeys, TestKeys];
  /** What the sources file says of a source that takes `writePush`, of the vendor's own settings alone. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly signed: SignedParts;
  /**
   * A push as the vendor sends it: signed with the token, and encrypted with the key unless it is null. It is written
   * with `node:crypto` alone and imports nothing of the receiving half, so that a mistake there does not hide itself.
   * @param payload what ingress publishes: a payload of `writeRecord`, or of a fixture
   * @param nowMs the vendor's clock, epoch ms
   */
  writePush(payload: Buffer, keys: TestKeys, nowMs: number): TestPush;
  /**
   * The least that anybody must do with a push of the vendor: verify its signature and decrypt it. Benchmarks compare with a
   * program that does no more. It returns the payload, or null for a push that is refused. Left out: the vendor is not
   * measured.
   */
  readonly receiver?: (keys: TestKeys) => (push: Omit<TestPush, 'headers'>) => Buffer | null;
  /** Payloads that take code of this vendor alone, by what they are: each is read in a time that grows as it does. */
  readonly largePayloads?: Readonly<Record<string, Shape>>;
  /**
   * Every ciphertext in a body, which need not be well-formed. Written apart from the receiving half, as `writePush` is.
   * Left out by a vendor without encryption.
   */
  readonly ciphertextsIn?: (body: Buffer, aesKey: string) => Ciphertext[];
  /** A record as ciphertext of its own, for a vendor that encrypts the records of some data types one by one. */
  readonly encryptRecord?: (record: string, aesKey: string) => string;
  /** The docs of canonical fields name this vendor's fields. Default: false; docs/reference/field-coverage.md has them. */
  readonly namedInSchemas?: boolean;
  /** What the fault suite does to the gateway in the name of this vendor. */
  readonly attacks?: VendorAttacks;
}

export async function testingOf(id: VendorId): Promise<VendorTesting> {
  const { testing } = (await import(`../${id}/testing.ts`)) as { testing: VendorTesting };
  return testing;
}

/** What a key makes of some bytes, padding included; a last block that is not whole is left out. */
export function decrypted(algorithm: string, key: Buffer, iv: Buffer | null, bytes: Buffer): Buffer {
  const decipher = createDecipheriv(algorithm, key, iv).setAutoPadding(false);
  return Buffer.concat([decipher.update(bytes.subarray(0, bytes.length & ~15)), decipher.final()]);
}

/** The bytes without the control characters and spaces at their end, which count as padding. */
export const withoutPadding = (plain: Buffer): Buffer =>
  plain.subarray(0, plain.findLastIndex((byte) => byte > 0x20) + 1);
