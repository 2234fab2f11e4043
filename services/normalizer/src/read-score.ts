import type { Fields } from './fields.ts';

/** A whole score from 0 to `highest`; null when absent or something else, which stays readable as sent. */
export function readScore(fields: Fields, path: string, highest: number): number | null {
  const score = fields.integer(path);
  return score !== null && score >= 0 && score <= highest ? score : null;
}
