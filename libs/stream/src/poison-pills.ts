import type { BatchControl, ConsumedRecord } from '@sluice/kafka/consumer';

/**
 * Detects poison pills. The first attempt after a takeover is marked in the commit metadata, and the mark is cleared
 * when it ends, with or without success, so that only a crash leaves a mark behind. A process that finds a mark works
 * on in chunks of a sixteenth and marks each of them, until one record alone has ended `maxDeaths` processes. After the
 * first of those it is attempted while no other such record is: else it would be blamed for a crash at another partition.
 */
export interface PoisonPillDetector {
  /** Looks for a mark at the first record of a partition that was taken over. */
  look(first: ConsumedRecord, control: BatchControl, maxRecords: number): Promise<PoisonPillSearch>;
}

export interface PoisonPillSearch {
  /** The largest chunk to work on at once. */
  readonly chunkRecords: number;
  /** How many records from here on may be a poison pill; 0 if no process crashed here. */
  readonly records: number;
  /** How many attempts at the first record alone have crashed. */
  readonly deaths: number;
  /** The first record is a poison pill. */
  readonly isProven: boolean;
  /** No other record for which this holds is to be attempted meanwhile. */
  readonly isAlone: boolean;
  /** The commit metadata that the partition's last process left at that record; empty if it left nothing. */
  readonly metadata: string;
}

interface Mark {
  /** How many records the attempt that crashed was at. */
  readonly chunkRecords: number;
  /** How many attempts at one record alone have crashed. */
  readonly deaths: number;
}

const markForm = /^records=(\d{1,9}) deaths=(\d{1,6})$/;

/** The mark of an attempt, which the next process reads after a crash. */
export function markOf({ chunkRecords, deaths }: Mark): string {
  return `records=${chunkRecords} deaths=${deaths}`;
}

/** @param maxDeaths how many processes a record alone must have crashed to become a dead letter */
export function createPoisonPillDetector(maxDeaths = 3): PoisonPillDetector {
  return {
    async look(first, control, maxRecords) {
      const committed = await control.committedMetadata();
      const metadata = committed?.offset === first.offset ? committed.metadata : '';
      const found = readMark(metadata);
      const { chunkRecords, deaths } = found ? narrow(found) : { chunkRecords: maxRecords, deaths: 0 };
      return {
        ...{ chunkRecords, deaths, metadata },
        records: found?.chunkRecords ?? 0,
        isProven: deaths >= maxDeaths,
        isAlone: deaths > 0,
      };
    },
  };
}

function readMark(text: string): Mark | null {
  const [, records, deaths] = markForm.exec(text) ?? [];
  return records === undefined ? null : { chunkRecords: Number(records), deaths: Number(deaths) };
}

/** The next attempt after one that crashed. */
function narrow({ chunkRecords, deaths }: Mark): Mark {
  return chunkRecords > 1
    ? { chunkRecords: Math.max(1, chunkRecords >> 4), deaths: 0 }
    : { chunkRecords: 1, deaths: deaths + 1 };
}
