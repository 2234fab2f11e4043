import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NotRun } from '../fault-case.ts';

/** A file system of its own, in memory, that a case can fill, freeze and repair. */
export interface SmallDisk {
  readonly folder: string;
  resize(megabytes: number): void;
  /** Takes every inode that is left. */
  takeInodes(): void;
  /** Gives back what `takeInodes` took. */
  giveInodes(): void;
  /** New files, renames and deletions fail (EROFS). What a process has open stays writable. */
  setReadOnly(): void;
  setWritable(): void;
  /** Removes it, anybody who still uses it. */
  close(): Promise<void>;
}

const filler = 'taken-';

/** @throws NotRun where this process may not mount */
export function mountSmallDisk(megabytes: number, inodes: number): SmallDisk {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-faults-disk-'));
  try {
    run('mount', '-t', 'tmpfs', '-o', `size=${megabytes}m,nr_inodes=${inodes}`, 'sluice-faults', folder);
  } catch (error) {
    rmSync(folder, { recursive: true });
    throw new NotRun('It mounts a small tmpfs, which needs Linux and root.', { cause: error });
  }
  return {
    folder,
    resize: (size) => run('mount', '-o', `remount,size=${size}m`, folder),
    takeInodes() {
      for (let count = 0; ; count += 1) {
        try {
          writeFileSync(join(folder, `${filler}${count}`), '');
        } catch (error) {
          if (Error.isError(error) && 'code' in error && error.code === 'ENOSPC') return;
          throw error;
        }
      }
    },
    giveInodes() {
      for (const name of readdirSync(folder)) if (name.startsWith(filler)) rmSync(join(folder, name));
    },
    // Over itself, since the kernel refuses to remount what somebody has open for writing: the spool's lock.
    setReadOnly() {
      run('mount', '--bind', folder, folder);
      run('mount', '-o', 'remount,bind,ro', folder);
    },
    setWritable: () => run('umount', folder),
    close() {
      // Lazily, and again for the one over it.
      for (let mounted = true; mounted;) {
        try {
          run('umount', '-l', folder);
        } catch {
          mounted = false;
        }
      }
      rmSync(folder, { recursive: true, force: true });
      return Promise.resolve();
    },
  };
}

function run(command: string, ...args: string[]): void {
  execFileSync(command, args, { stdio: 'pipe' });
}
