import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { NotRun } from '../fault-case.ts';
import { mountSmallDisk, type SmallDisk } from './small-disk.ts';

/** Null where this process may not mount: then that is what is tested. */
function mounted(): SmallDisk | null {
  try {
    return mountSmallDisk(1, 16);
  } catch (error) {
    expect(error).toBeInstanceOf(NotRun);
    return null;
  }
}

test('a disk that is full, out of inodes, read-only, and repaired each time', async () => {
  const disk = mounted();
  if (!disk) return;
  try {
    const write = (name: string, bytes: number) => (): void =>
      writeFileSync(join(disk.folder, name), Buffer.alloc(bytes));
    expect(write('a', 2 * 1024 * 1024)).toThrow('ENOSPC');
    disk.resize(8);
    expect(write('a', 2 * 1024 * 1024)).not.toThrow();

    disk.takeInodes();
    expect(write('b', 0)).toThrow('ENOSPC');
    disk.giveInodes();
    expect(write('b', 0)).not.toThrow();

    disk.setReadOnly();
    expect(write('c', 0)).toThrow('EROFS');
    expect(() => mkdirSync(join(disk.folder, 'd'))).toThrow('EROFS');
    disk.setWritable();
    expect(write('c', 0)).not.toThrow();
    disk.setReadOnly();
  } finally {
    await disk.close();
  }
  expect(existsSync(disk.folder)).toBe(false);
});
