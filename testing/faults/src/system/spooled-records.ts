import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { diskFiles } from '@sluice/ingress/spool/disk-files';
import { readFrames } from '@sluice/ingress/spool/read-frames';
import { recordOfBody } from '@sluice/ingress/spool/record-body';
import { segmentOfName } from '@sluice/ingress/spool/segment-log';
import { findRawHeaders } from '@sluice/raw-event/raw-headers';

/** A whole record in a spool's folder: byte offsets in its file, and what it is known by. */
export interface SpooledPlace {
  readonly file: string;
  readonly at: number;
  readonly end: number;
  /** `source/payload hash`. */
  readonly id: string;
}

/** Every whole record of a spool that nobody has open: topic by topic, the oldest of each first. */
export async function readSpooled(folder: string): Promise<SpooledPlace[]> {
  const places: SpooledPlace[] = [];
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  for (const name of names.sort()) {
    const segment = segmentOfName(basename(name));
    if (!segment) continue;
    const path = join(folder, name);
    const file = await diskFiles.open(path, 'read');
    try {
      for await (const found of readFrames(file, segment.seed, 0, await file.size())) {
        const record = found.found === 'frame' ? recordOfBody(found.body) : null;
        if (record) places.push({ file: path, at: found.at, end: found.end, id: idOf(record) });
      }
    } finally {
      await file.close();
    }
  }
  return places;
}

/** By source and payload, as a ledger knows a push. */
export function idOf({ headers }: { readonly headers: Readonly<Record<string, string | Buffer>> }): string {
  const { sourceId, payloadHash } = findRawHeaders(headers);
  return `${sourceId}/${payloadHash}`;
}
