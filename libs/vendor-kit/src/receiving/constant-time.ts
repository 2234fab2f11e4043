import { timingSafeEqual } from 'node:crypto';
import type { Keys, LiveKey } from '@sluice/sources/source';

/** Compares two texts in a time that depends on the length of `expected` alone. */
export function equalInConstantTime(given: string, expected: string): boolean {
  const right = Buffer.from(expected, 'utf8');
  const left = Buffer.allocUnsafe(right.length).fill(0);
  const fits = left.write(given, 'utf8') === right.length && Buffer.byteLength(given) === right.length;
  return timingSafeEqual(left, right) && fits;
}

/** Which of the two live keys passes; null if neither does. Both are tried, so that the time tells nothing. */
export function passingKey(keys: Keys, passes: (key: string) => boolean): LiveKey | null {
  const current = passes(keys.current.reveal());
  const previous = keys.previous !== null && passes(keys.previous.reveal());
  if (current) return 'current';
  return previous ? 'previous' : null;
}
