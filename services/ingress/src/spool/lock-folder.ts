import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { FolderLock } from './spool-files.ts';

/** Result code of SQLite: another connection, of this process or of any other, holds the lock. */
const SQLITE_BUSY = 5;

/**
 * Takes the folder by a lock of the kernel on its file `lock`, which ends with the process however it ends: no
 * pid is written down, so a restarted pod, with whatever pid in whatever namespace, finds no stale lock.
 * Node has no call for it, but SQLite takes such locks (fcntl) on its files: an exclusive transaction on an
 * empty database that is never written holds one (https://www.sqlite.org/lockingv3.html).
 * It works between processes of one machine, and over network file systems as far as they implement fcntl locks.
 */
export async function lockFolder(folder: string): Promise<FolderLock | null> {
  const path = join(folder, 'lock');
  try {
    // Made here for its permissions. One that exists is not opened: closing it would give up this process's lock.
    await (await open(path, 'wx', 0o600)).close();
  } catch (error) {
    if (!(Error.isError(error) && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (Error.isError(error) && 'errcode' in error && error.errcode === SQLITE_BUSY) return null;
    throw new Error(`the lock ${path} cannot be taken`, { cause: error });
  }
  return { release: () => database.close() };
}
