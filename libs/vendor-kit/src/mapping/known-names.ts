import { hashOf, isAt } from './text-codes.ts';

interface KnownName {
  readonly codes: Uint16Array;
  readonly name: string;
}

/** By the hash of their codes. Of two names with one hash the first is known. */
const known = new Map<number, KnownName>();
/** Records have a few hundred. What a hostile one adds is forgotten again. */
const maxKnown = 2_000;
const maxChars = 64;

/**
 * The name that is in a text from `from` to `end`. A name that was met is the same string again, so that a Map finds it
 * without comparing characters.
 */
export function nameIn(text: string, codes: Uint16Array, from: number, end: number): string {
  const hash = hashOf(codes, from, end);
  const met = known.get(hash);
  if (met?.codes.length === end - from && isAt(codes, from, met.codes)) return met.name;
  const sent = text.slice(from, end);
  if (met || sent.length > maxChars) return sent;
  if (known.size >= maxKnown) known.clear();
  // Names of properties are kept once.
  const [name = sent] = Object.keys({ [sent]: true });
  known.set(hash, { codes: codes.slice(from, end), name });
  return name;
}
