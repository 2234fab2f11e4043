import type { BatchControl, ConsumedRecord } from '@sluice/kafka/consumer';

/**
 * Detects poison pills. The first attempt after a takeover marks its chunk in the commit metadata and clears the mark
 * when it ends, with or without success, so that only a crash leaves a mark behind. A process that finds a mark works
 * on in chunks of a sixteenth and marks each of them, until one record alone has ended `maxDeaths` processes.
 */
export interface Suspects {
  /** Looks for a note at the first record of a partition that was taken over, and notes this attempt. */
  begin(first: ConsumedRecord, control: BatchControl, maxRecords: number): Promise<Suspicion>;
}

export interface Suspicion {
  /** The largest chunk to work on at once. */
  readonly chunkRecords: number;
  /** How many records from here on are suspect; 0 when nobody died here. */
  readonly records: number;
  /** The first record is what the processes died of. */
  readonly isProven: boolean;
  /** What was noted of that record, by whoever had the partition before; empty when nothing was. */
  readonly noted: string;
}

interface Note {
  /** How many records the attempt that died was at. */
  readonly chunkRecords: number;
  /** How many attempts at one record alone have died. */
  readonly deaths: number;
}

const noteForm = /^records=(\d{1,9}) deaths=(\d{1,6})$/;

/** What is noted of an attempt: read back by whoever comes after a process that died. */
export function noteOf({ chunkRecords, deaths }: Note): string {
  return `records=${chunkRecords} deaths=${deaths}`;
}

/** @param maxDeaths how many processes a record alone must have crashed to become a dead letter */
export function createSuspects(maxDeaths = 3): Suspects {
  return {
    async begin(first, control, maxRecords) {
      const noted = await control.noted();
      const found = noted?.offset === first.offset ? readNote(noted.text) : null;
      const attempt = found ? narrow(found) : { chunkRecords: maxRecords, deaths: 0 };
      const isProven = attempt.deaths >= maxDeaths;
      if (!isProven) await control.note(first, noteOf(attempt));
      return {
        chunkRecords: attempt.chunkRecords,
        records: found?.chunkRecords ?? 0,
        isProven,
        noted: noted?.offset === first.offset ? noted.text : '',
      };
    },
  };
}

function readNote(text: string): Note | null {
  const [, records, deaths] = noteForm.exec(text) ?? [];
  return records === undefined ? null : { chunkRecords: Number(records), deaths: Number(deaths) };
}

/** The next attempt behind one that died. */
function narrow({ chunkRecords, deaths }: Note): Note {
  return chunkRecords > 1
    ? { chunkRecords: Math.max(1, chunkRecords >> 4), deaths: 0 }
    : { chunkRecords: 1, deaths: deaths + 1 };
}
