import { payloadLimits } from '@sluice/raw-event/payload-limits';

/** The payload is beyond a limit of `payload-limits.ts`. The message says which. */
export class TooLarge extends Error {}

/** Counts what is made of one payload while it is made, and stops it at a limit. */
export interface Budget {
  /** One value of the current record. @throws {TooLarge} */
  readonly leaf: (path: string, value: string) => void;
  /** The next values are another record's. @throws {TooLarge} */
  readonly nextRecord: () => void;
}

export function createBudget(payloadBytes: number): Budget {
  const { records: maxRecords, values: maxValues } = payloadLimits;
  let chars = maxChars(payloadBytes, 0);
  let values = maxValues;
  let records = maxRecords;
  return {
    leaf(path, value) {
      chars -= path.length + value.length;
      values -= 1;
      if (values < 0) throw new TooLarge(`A record has more than ${maxValues} values.`);
      if (chars < 0)
        throw new TooLarge('The paths and values have too many characters for the size of the payload.');
    },
    nextRecord() {
      values = maxValues;
      records -= 1;
      if (records < 0) throw new TooLarge(`The payload has more than ${maxRecords} records.`);
    },
  };
}

/** Characters that all values of a payload may have, with their paths, and all texts of its events. */
export function maxChars(payloadBytes: number, events: number): number {
  const { times, plusChars, plusCharsPerEvent } = payloadLimits.expansion;
  return times * payloadBytes + plusChars + plusCharsPerEvent * events;
}

/** @throws {TooLarge} when there are more events than a payload may become */
export function checkEvents(events: number): void {
  if (events > payloadLimits.events)
    throw new TooLarge(`The payload would become more than ${payloadLimits.events} events.`);
}

/** @throws {TooLarge} when a list in a text has more items than a record may have values */
export function checkItems<T>(items: T[]): T[] {
  if (items.length > payloadLimits.values)
    throw new TooLarge(`A list has more than ${payloadLimits.values} items.`);
  return items;
}
