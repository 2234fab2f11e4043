import { DatabaseSync } from 'node:sqlite';

/**
 * Takes the lock file, or says that another live process holds it. The lock is SQLite's, that is the operating
 * system's: it goes with the process however that ends, so it is never stale. It is held until the process exits.
 */
export function takeLock(path: string): boolean {
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    database.exec('BEGIN EXCLUSIVE');
    held.push(database);
    return true;
  } catch (error) {
    database.close();
    if (error instanceof Error && 'errcode' in error && error.errcode === sqliteBusy) return false;
    throw error;
  }
}

const sqliteBusy = 5;

/** Collected garbage would close its file and free the lock. */
const held: DatabaseSync[] = [];
