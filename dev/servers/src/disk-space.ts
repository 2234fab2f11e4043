import { existsSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';

/** Downloads take 1.3 GB; Elasticsearch and Kafka need room to write. */
const neededBytes = 3 * 1024 ** 3;

/** Bytes free for this user on the disk that holds the folder, or will hold it. */
export function freeBytesAt(folder: string): number {
  let existing = folder;
  while (!existsSync(existing)) existing = dirname(existing);
  const disk = statfsSync(existing);
  return disk.bavail * disk.bsize;
}

/** Throws an error when the disk of a folder has less than 3 GB free. */
export function assertDiskSpace(
  folder: string,
  variable: string,
  freeBytes: (folder: string) => number = freeBytesAt,
): void {
  const free = freeBytes(folder);
  if (free < neededBytes) {
    throw new Error(
      `Only ${(free / 1024 ** 3).toFixed(1)} GB are free on the disk of ${folder} and the development servers ` +
        `need 3 GB: free some space, or set ${variable} to a folder on another disk.`,
    );
  }
}
