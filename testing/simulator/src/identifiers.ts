import { createHash } from 'node:crypto';

/** Hands out the ids of one run: unique within it, and between two runs but for one chance in 90 million. */
export interface Identifiers {
  /** Decimal, at most 15 digits: of messages and visits. */
  number(): string;
  /**
   * Decimal, at most 15 digits: the number of a conversation where each kind of conversation has a counter of its own, as in
   * `1_12024,3_2800,3_2801,5_1498`. All counters begin alike, so that one number soon names conversations of several
   * kinds.
   */
  chatNumber(kind: string): string;
  /** 32 lower-case hex digits: of conversations, messages and staff. */
  hex(): string;
}

const runDigits = 8;

/**
 * Ids for a run. They are hashed from seed and run instead of drawn from a generator: a generator's cycle may be
 * entered twice, a hash's input is never the same.
 * @param seed as given by the caller
 * @param run what tells apart two runs with one seed
 */
export function issueIdentifiers(seed: string, run: string): Identifiers {
  const hash = (text: string) =>
    createHash('sha256')
      .update(JSON.stringify([seed, run, text]))
      .digest();
  const prefix = String((hash('run').readUInt32BE(0) % (9 * 10 ** (runDigits - 1))) + 10 ** (runDigits - 1));
  let issued = 0;
  const chats = new Map<string, number>();
  return {
    number: () => `${prefix}${String(++issued)}`,
    chatNumber: (kind) => {
      const number = (chats.get(kind) ?? 0) + 1;
      chats.set(kind, number);
      return `${prefix}${String(number)}`;
    },
    hex: () => hash(String(++issued)).toString('hex').slice(0, 32),
  };
}
