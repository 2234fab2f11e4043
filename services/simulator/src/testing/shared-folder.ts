import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The vendors' pages and the crypto vectors, which stand beside the repository and may be absent. */
const sharedFolder = join(import.meta.dirname, '../../../../../shared');

export const sharedIsThere = existsSync(sharedFolder);

export function readShared(path: string): string {
  return readFileSync(join(sharedFolder, path), 'utf8');
}
