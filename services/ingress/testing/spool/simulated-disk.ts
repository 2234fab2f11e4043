import { dirname } from 'node:path';
import type { FolderLock, SpoolFile, SpoolFiles } from '../../src/spool/spool-files.ts';
import { createInode, type Inode } from './simulated-inode.ts';

export type Operation =
  | 'makeFolder'
  | 'list'
  | 'open'
  | 'rename'
  | 'remove'
  | 'syncFolder'
  | 'lock'
  | 'size'
  | 'read'
  | 'write'
  | 'truncate'
  | 'sync'
  | 'close';

/**
 * - `machine`: of what was not synced, names included, a random part is lost
 * - `process`: the operating system lives on, and with it everything that was written
 */
export type Crash = 'machine' | 'process';

/** A disk in memory that keeps apart what is synced, and breaks on request. */
export interface SimulatedDisk {
  /** The file system for a process that starts now. After a crash, what was given out before never answers again. */
  boot(): SpoolFiles;
  /** Runs before each operation: may wait, and what it throws is the operation's error. */
  before: (operation: Operation, path: string) => void | Promise<void>;
  /** Bytes that all files may have; beyond that ENOSPC. */
  capacityBytes: number;
  /** What one write takes at most. */
  maxWriteBytes: number;
  crash(kind: Crash): void;
  /** Crashes in the middle of the operation that comes after so many others. */
  crashAfter(operations: number, kind: Crash): void;
  /** Resolves when the machine or process that was booted last has crashed. */
  crashed(): Promise<void>;
  /** What is readable now: path → file. */
  readonly files: ReadonlyMap<string, Inode>;
  /** How often an operation was done. */
  count(operation: Operation): number;
}

export function diskError(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: simulated`), { code });
}

/** @param random in [0, 1): decides what a crash loses */
export function createSimulatedDisk(random: () => number = Math.random): SimulatedDisk {
  let names = new Map<string, Inode>();
  const durableNames = new Map<string, Inode>();
  let unsynced: { readonly folder: string; readonly apply: (names: Map<string, Inode>) => void }[] = [];
  let locks = new Set<string>();
  let life = 0;
  let armed: { operations: number; readonly kind: Crash } | null = null;
  let crashed = Promise.withResolvers<undefined>();
  const counts = new Map<Operation, number>();

  const change = (path: string, apply: (names: Map<string, Inode>) => void): void => {
    apply(names);
    unsynced.push({ folder: dirname(path), apply });
  };
  const crash = (kind: Crash): void => {
    life += 1;
    armed = null;
    locks = new Set();
    if (kind === 'machine') {
      for (const { apply } of unsynced) if (random() < 0.5) apply(durableNames);
      for (const inode of new Set([...names.values(), ...durableNames.values()])) inode.crash(random);
      names = new Map(durableNames);
      unsynced = [];
    }
    crashed.resolve(undefined);
  };
  const used = (): number => [...new Set(names.values())].reduce((sum, { cache }) => sum + cache.length, 0);

  /** Does one operation of a process; a crash in the middle does a part of it, or none, and never answers. */
  const does = async <T>(
    born: number,
    operation: Operation,
    path: string,
    act: (part: number) => T,
  ): Promise<T> => {
    await Promise.resolve();
    if (born === life && armed && armed.operations-- === 0) {
      const { kind } = armed;
      try {
        if (random() < 0.5) act(random());
      } finally {
        crash(kind);
      }
    }
    if (born !== life) return new Promise<never>(() => undefined);
    counts.set(operation, (counts.get(operation) ?? 0) + 1);
    await disk.before(operation, path);
    if (born !== life) return new Promise<never>(() => undefined);
    return act(1);
  };

  const openFile = (born: number, path: string, inode: Inode): SpoolFile => ({
    size: () => does(born, 'size', path, () => inode.cache.length),
    read: (into, position) => does(born, 'read', path, () => inode.cache.copy(into, 0, position)),
    write: (bytes, position) =>
      does(born, 'write', path, (part) => {
        const growth = Math.max(0, disk.capacityBytes - used());
        const room = Math.max(0, inode.cache.length - position) + growth;
        if (room === 0) throw diskError('ENOSPC');
        const taken = Math.min(Math.ceil(bytes.length * part), room, disk.maxWriteBytes);
        inode.write(Buffer.from(bytes.subarray(0, taken)), position);
        return taken;
      }),
    truncate: (bytes) => does(born, 'truncate', path, () => inode.truncate(bytes)),
    sync: () =>
      does(born, 'sync', path, () => inode.sync()).catch((error: unknown) => {
        inode.failSync(random);
        throw error;
      }),
    close: () => does(born, 'close', path, () => undefined),
  });

  const open = (path: string, mode: 'create' | 'replace' | 'read' | 'mend'): Inode => {
    const there = names.get(path);
    if (mode === 'create' && there) throw diskError('EEXIST');
    if (there) {
      if (mode === 'replace') there.truncate(0);
      return there;
    }
    if (mode === 'read' || mode === 'mend') throw diskError('ENOENT');
    const inode = createInode();
    change(path, (all) => all.set(path, inode));
    return inode;
  };

  const lock = (folder: string): FolderLock | null => {
    if (locks.has(folder)) return null;
    const held = locks.add(folder);
    return { release: () => held.delete(folder) };
  };

  const boot = (born: number): SpoolFiles => ({
    makeFolder: (path) => does(born, 'makeFolder', path, () => undefined),
    list: (folder) =>
      does(born, 'list', folder, () =>
        [...names.keys()]
          .filter((path) => dirname(path) === folder)
          .map((path) => path.slice(folder.length + 1))
          .sort(),
      ),
    folders: (folder) =>
      does(born, 'list', folder, () => {
        const below = [...names.keys()].filter((path) => dirname(path).startsWith(`${folder}/`));
        return [...new Set(below.map((path) => path.slice(folder.length + 1).split('/')[0] ?? ''))].sort();
      }),
    open: async (path, mode) => openFile(born, path, await does(born, 'open', path, () => open(path, mode))),
    rename: (from, to) =>
      does(born, 'rename', from, () => {
        const inode = names.get(from);
        if (!inode) throw diskError('ENOENT');
        change(to, (all) => all.set(to, inode).delete(from));
      }),
    remove: (path) => does(born, 'remove', path, () => change(path, (all) => all.delete(path))),
    syncFolder: (path) =>
      does(born, 'syncFolder', path, () => {
        for (const { folder, apply } of unsynced) if (folder === path) apply(durableNames);
        unsynced = unsynced.filter(({ folder }) => folder !== path);
      }),
    lock: (folder) => does(born, 'lock', folder, () => lock(folder)),
  });

  const disk: SimulatedDisk = {
    boot() {
      crashed = Promise.withResolvers<undefined>();
      return boot(life);
    },
    before: () => undefined,
    capacityBytes: Infinity,
    maxWriteBytes: Infinity,
    crash,
    crashAfter(operations, kind) {
      armed = { operations, kind };
    },
    crashed: () => crashed.promise,
    get files() {
      return names;
    },
    count: (operation) => counts.get(operation) ?? 0,
  };
  return disk;
}
