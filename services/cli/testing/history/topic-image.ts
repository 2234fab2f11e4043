import type { ConsumedRecord } from '@sluice/kafka/consumer';

/** A record that was written to a topic, with what a history knows of it. */
export interface Entry<T> {
  readonly record: ConsumedRecord;
  readonly incarnation: number;
  readonly partition: number;
  readonly offset: number;
  readonly of: T;
}

/** What a topic holds, as a history has written, deleted and created it. */
export interface TopicImage<T> {
  readonly name: string;
  /** Grows each time that the topic is created again. */
  readonly incarnation: number;
  /** Of each partition the offset of its oldest record, and all records that it ever had. */
  readonly partitions: readonly { readonly low: number; readonly entries: readonly Entry<T>[] }[];
  add(record: ConsumedRecord, of: T): Entry<T>;
  /** Deletes what is before an offset. */
  expire(partition: number, low: number): void;
  recreate(): void;
  isHeld(entry: Omit<Entry<T>, 'record' | 'of'>): boolean;
  /** What a partition holds from an offset on. */
  held(partition: number, from?: number): readonly Entry<T>[];
  allHeld(): Entry<T>[];
}

export function topicImage<T>(name: string, count: number): TopicImage<T> {
  const fresh = () => Array.from({ length: count }, () => ({ low: 0, entries: [] as Entry<T>[] }));
  let [incarnation, partitions] = [0, fresh()];
  const at = (partition: number) => {
    const found = partitions[partition];
    if (!found) throw new Error(`${name} has no partition ${partition}.`);
    return found;
  };
  const held = (partition: number, from = 0) =>
    at(partition).entries.slice(Math.max(from, at(partition).low));
  return {
    name,
    get incarnation() {
      return incarnation;
    },
    get partitions() {
      return partitions;
    },
    add(record, of) {
      const { entries } = at(record.partition);
      if (Number(record.offset) !== entries.length)
        throw new Error(`${name}/${record.partition} has other records than this history wrote.`);
      const { partition } = record;
      const entry = { record, incarnation, partition, offset: entries.length, of };
      entries.push(entry);
      return entry;
    },
    expire: (partition, low) => void (at(partition).low = low),
    recreate: () => void ([incarnation, partitions] = [incarnation + 1, fresh()]),
    isHeld: (entry) => entry.incarnation === incarnation && entry.offset >= at(entry.partition).low,
    held,
    allHeld: () => partitions.flatMap((_, partition) => held(partition)),
  };
}
