import type { KafkaConnection } from './client.ts';
import type { ConsumedRecord } from './consumed.ts';
import { offsetRanges, type OffsetRange } from './topics-admin.ts';

/**
 * A part of a topic: from the first offset of each partition up to, not including, the last. A partition that `from`
 * lacks is read from its oldest record.
 */
export interface Range {
  readonly topic: string;
  readonly from: ReadonlyMap<number, bigint>;
  readonly to: ReadonlyMap<number, bigint>;
}

/** Records that were asked for and have left Kafka unread: from the first offset up to, not including, the last. */
export interface GoneRecords {
  readonly topic: string;
  readonly partition: number;
  readonly from: bigint;
  readonly to: bigint;
}

interface UnreadPart {
  readonly topic: string;
  readonly partition: number;
  /** The offset of the first record that is not read. */
  next: bigint;
  readonly end: bigint;
}

/** What Kafka holds of some topics, by partition. */
type Held = ReadonlyMap<string, ReadonlyMap<number, OffsetRange>>;

/** Asks Kafka what it holds of some ranges. @param onGone told what has left before it was read */
export async function findUnread(
  connection: KafkaConnection,
  ranges: readonly Range[],
  onGone: (gone: GoneRecords) => void,
): Promise<Unread> {
  const held = await heldBy(connection, new Set(ranges.map(({ topic }) => topic)));
  return new Unread(connection, ranges, held, onGone);
}

/** What of some ranges is not read yet. */
export class Unread {
  readonly #connection: KafkaConnection;
  readonly #onGone: (gone: GoneRecords) => void;
  /** As it was when the reading began. */
  readonly #held: Held;
  /** By topic and partition. */
  readonly #parts = new Map<string, UnreadPart>();

  constructor(
    connection: KafkaConnection,
    ranges: readonly Range[],
    held: Held,
    onGone: (gone: GoneRecords) => void,
  ) {
    this.#connection = connection;
    this.#onGone = onGone;
    this.#held = held;
    for (const { topic, from, to } of ranges)
      for (const [partition, end] of to) {
        const next = from.get(partition) ?? held.get(topic)?.get(partition)?.low ?? 0n;
        if (next < end) this.#parts.set(`${topic}/${partition}`, { topic, partition, next, end });
      }
    this.#passOverEmpty(held);
  }

  /** How many partitions. */
  get size(): number {
    return this.#parts.size;
  }

  names(): string[] {
    return [...this.#parts.keys()];
  }

  topics(): string[] {
    return [...new Set(Array.from(this.#parts.values(), ({ topic }) => topic))];
  }

  /** Where to begin in every partition of these topics; behind everything where nothing is wanted. */
  starts(): { topic: string; partition: number; offset: string }[] {
    return this.topics().flatMap((topic) =>
      [...(this.#held.get(topic) ?? [])].map(([partition, { high }]) => ({
        topic,
        partition,
        offset: String(this.#parts.get(`${topic}/${partition}`)?.next ?? high),
      })),
    );
  }

  /** Those of some records of a partition that are not read, after a look at what is missing before them. */
  async wanted(
    topic: string,
    partition: number,
    records: readonly ConsumedRecord[],
  ): Promise<ConsumedRecord[]> {
    const part = this.#parts.get(`${topic}/${partition}`);
    const [first] = records;
    if (!part || !first) return [];
    const begins = BigInt(first.offset);
    if (begins > part.next) {
      const low = (await offsetRanges(this.#connection, topic)).get(partition)?.low ?? 0n;
      this.#passTo(part, begins, low);
    }
    // Anybody who joins the group again may be given what was worked through, and what is before the range.
    return records.filter(({ offset }) => BigInt(offset) >= part.next && BigInt(offset) < part.end);
  }

  /** Everything up to and with this record is read. */
  done({ topic, partition, offset }: ConsumedRecord): void {
    const name = `${topic}/${partition}`;
    const part = this.#parts.get(name);
    if (!part) return;
    const behind = BigInt(offset) + 1n;
    if (behind > part.next) part.next = behind;
    if (part.next >= part.end) this.#parts.delete(name);
  }

  /** Asks Kafka what it still holds: what has left is not waited for. */
  async look(): Promise<void> {
    this.#passOverEmpty(await heldBy(this.#connection, this.topics()));
  }

  /** Passes over what is missing before an offset: what has left since is told. */
  #passTo(part: UnreadPart, offset: bigint, low: bigint): void {
    const { topic, partition, next, end } = part;
    const goneTo = [offset, low, end].reduce((least, one) => (one < least ? one : least));
    if (goneTo > next) this.#onGone({ topic, partition, from: next, to: goneTo });
    part.next = offset > next ? offset : next;
  }

  /** What has left as a whole is not waited for. */
  #passOverEmpty(now: Held): void {
    for (const [name, part] of this.#parts) {
      const { low } = now.get(part.topic)?.get(part.partition) ?? { low: 0n };
      if (low < part.end) continue;
      this.#passTo(part, part.end, low);
      this.#parts.delete(name);
    }
  }
}

async function heldBy(connection: KafkaConnection, topics: Iterable<string>): Promise<Held> {
  const found = Array.from(topics, async (topic) => [topic, await offsetRanges(connection, topic)] as const);
  return new Map(await Promise.all(found));
}
