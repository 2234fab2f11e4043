import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { writeAll, type SpoolFiles } from './spool-files.ts';

/** How far one segment is delivered: a byte offset in it, and about how many records stand before that. */
export interface Cursor {
  readonly segment: string;
  readonly offset: number;
  readonly records: number;
}

const shape = /^(\S+) (\d+) (\d+) ([0-9a-f]+)\n$/;

/**
 * Remembers the cursor, atomically; rejects when the disk does not take it. An older cursor is never wrong: it
 * is about its own segment only, whose bytes do not change, and means that records are delivered again.
 */
export async function writeCursor(files: SpoolFiles, folder: string, cursor: Cursor): Promise<void> {
  const text = `${cursor.segment} ${cursor.offset} ${cursor.records}`;
  const file = await files.open(join(folder, 'cursor.new'), 'replace');
  try {
    await writeAll(file, Buffer.from(`${text} ${checksum(text)}\n`), 0);
    await file.sync();
  } finally {
    await file.close();
  }
  await files.rename(join(folder, 'cursor.new'), join(folder, 'cursor'));
}

/** Null when there is no trustworthy one. Never rejects. */
export async function readCursor(files: SpoolFiles, folder: string): Promise<Cursor | null> {
  const text = await readText(files, join(folder, 'cursor')).catch(() => '');
  const [, segment, offset, records, sum] = shape.exec(text) ?? [];
  if (segment === undefined || sum !== checksum(`${segment} ${offset} ${records}`)) return null;
  return { segment, offset: Number(offset), records: Number(records) };
}

async function readText(files: SpoolFiles, path: string): Promise<string> {
  const file = await files.open(path, 'read');
  try {
    const bytes = Buffer.alloc(1024);
    return bytes.toString('latin1', 0, await file.read(bytes, 0));
  } finally {
    await file.close();
  }
}

function checksum(text: string): string {
  return crc32(text).toString(16);
}
