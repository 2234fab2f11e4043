import { z } from 'zod';
import type { Secret } from '@sluice/service/secret';
import type { Keys } from './source.ts';

/** Where a secret stands. Never in the file itself: it is shown, copied and reviewed. */
const secretPlace = z.union(
  [z.strictObject({ file: z.string().min(1) }), z.strictObject({ env: z.string().min(1) })],
  {
    error: 'must be {file: <path>} or {env: <name>}; a secret itself does not belong into this file',
  },
);
export const keys = z.strictObject({ current: secretPlace, previous: secretPlace.optional() });

export type KeyPlaces = z.output<typeof keys>;

/** Reads a secret; one that cannot be read is empty, and a problem. */
export type ReadSecret = (place: z.output<typeof secretPlace>, where: string) => Secret;

/** Whether one of two live keys has fewer bytes. An empty one could not be read, which is a problem of its own. */
export function isShort(of: Keys | null, shortest: number): boolean {
  return [of?.current, of?.previous].some((key) => {
    const value = key?.reveal() ?? '';
    return value !== '' && Buffer.byteLength(value) < shortest;
  });
}
