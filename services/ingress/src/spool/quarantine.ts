import { join } from 'node:path';
import type { DamageReason } from './read-frames.ts';
import type { Segment } from './segment-log.ts';
import { writeAll, type SpoolFile, type SpoolFiles } from './spool-files.ts';

/** Keeps bytes that are no records: one file each in the folder `quarantine`, for a person to look at. */
export interface Quarantine {
  /**
   * Copies bytes of a segment to `<segment>.<offset>.<reason>`, durably; again is no second file.
   * Rejects when the disk does not take it.
   */
  keep(segment: Segment, from: SpoolFile, damage: Damage): Promise<void>;
  /** Files that are kept. */
  count(): number;
}

interface Damage {
  readonly at: number;
  readonly end: number;
  readonly reason: DamageReason;
}

const chunkBytes = 1024 * 1024;

/** Makes the folder. Rejects when the disk does not take it. */
export async function openQuarantine(files: SpoolFiles, spoolFolder: string): Promise<Quarantine> {
  const folder = join(spoolFolder, 'quarantine');
  await files.makeFolder(folder);
  const kept = new Set(await files.list(folder));
  // A file of an earlier process may be one that a crash left half-written.
  const durable = new Set<string>();
  return {
    async keep(segment, from, { at, end, reason }) {
      const name = `${segment.name}.${at}.${reason}`;
      if (durable.has(name)) return;
      const copy = await files.open(join(folder, name), 'replace');
      kept.add(name);
      try {
        for (let done = at; done < end; done += chunkBytes) {
          const chunk = Buffer.alloc(Math.min(chunkBytes, end - done));
          await from.read(chunk, done);
          await writeAll(copy, chunk, done - at);
        }
        await copy.sync();
      } finally {
        await copy.close();
      }
      await files.syncFolder(folder);
      durable.add(name);
    },
    count: () => kept.size,
  };
}
