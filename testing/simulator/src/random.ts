import { createHash } from 'node:crypto';

/** A seeded source of numbers: the same seed gives the same sequence on every machine. Not for secrets. */
export interface Random {
  /** From 0 inclusive to 1 exclusive. */
  fraction(): number;
  /** An integer from `from` to `to`, both inclusive. */
  integer(from: number, to: number): number;
  /** True in about `share` (0 to 1) of the calls. */
  chance(share: number): boolean;
  /** One of the list, each as likely. Throws RangeError when the list is empty. */
  pick<T>(list: readonly T[]): T;
  /** `length` decimal digits, the first never 0. */
  digits(length: number): string;
  bytes(length: number): Buffer;
}

/**
 * The sfc32 generator (Chris Doty-Humphrey, PractRand), its 128 bits of state taken from the seed's sha256, so
 * that the sequences of two seeds do not overlap in practice.
 */
export function seededRandom(seed: string): Random {
  const digest = createHash('sha256').update(seed).digest();
  let a = digest.readInt32LE(0);
  let b = digest.readInt32LE(4);
  let c = digest.readInt32LE(8);
  let counter = digest.readInt32LE(12);

  const word = (): number => {
    const result = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + result) | 0;
    return result >>> 0;
  };
  const fraction = () => word() / 2 ** 32;
  const integer = (from: number, to: number) => from + Math.floor(fraction() * (to - from + 1));

  return {
    fraction,
    integer,
    chance: (share) => fraction() < share,
    pick: <T>(list: readonly T[]): T => {
      if (list.length === 0) throw new RangeError('Nothing to pick from: the list is empty.');
      return list[integer(0, list.length - 1)] as T;
    },
    digits: (length) =>
      Array.from({ length }, (_, place) => String(integer(place === 0 ? 1 : 0, 9))).join(''),
    bytes: (length) => Buffer.from(Array.from({ length }, () => integer(0, 255))),
  };
}
