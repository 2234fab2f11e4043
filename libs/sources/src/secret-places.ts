import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { Secret } from '@sluice/service/secret';
import { FilesRead } from './files-read.ts';
import type { Keys } from './source.ts';

/** Where a secret stands. Never in the file itself: it is shown, copied and reviewed. */
const secretPlace = z.union(
  [z.strictObject({ file: z.string().min(1) }), z.strictObject({ env: z.string().min(1) })],
  {
    error: 'must be {file: <path>} or {env: <name>}; do not write a secret itself into this file',
  },
);
export const keys = z.strictObject({ current: secretPlace, previous: secretPlace.optional() });

export type SecretPlace = z.output<typeof secretPlace>;
export type KeyPlaces = z.output<typeof keys>;

/** Whether one of two live keys has fewer bytes. An empty one could not be read, which is a problem of its own. */
export function isShort(of: Keys | null, shortest: number): boolean {
  return [of?.current, of?.previous].some((key) => {
    const value = key?.reveal() ?? '';
    return value !== '' && Buffer.byteLength(value) < shortest;
  });
}

/**
 * Where secrets come from that a file names by an environment variable; `unread`: no secret is read, from there or from
 * files. Then every key is empty: for anybody who maps records and neither verifies nor decrypts.
 */
export type SecretsFrom = NodeJS.ProcessEnv | 'unread';

/**
 * Reads a secret from its place.
 * @param files reads them
 * @param namedIn the file that names it, which its path is relative to
 * @returns what is wrong with the place, when it gives no secret
 */
export function readSecret(
  place: SecretPlace,
  namedIn: string,
  secrets: SecretsFrom,
  files = new FilesRead(),
): Secret | string {
  if (secrets === 'unread') return new Secret('');
  if ('env' in place) {
    const value = secrets[place.env];
    return value ? new Secret(value) : `names the environment variable ${place.env}, which is not set`;
  }
  const path = resolve(dirname(namedIn), place.file);
  const shown = path === place.file ? path : `${place.file} (${path})`;
  try {
    const value = files.read(path).trim();
    return value ? new Secret(value) : `names the file ${shown}, which is empty`;
  } catch {
    return `names the file ${shown}, which cannot be read`;
  }
}
