import { createDecoder } from '@sluice/canonical-event/avro-codec';
import { schemaLookup, type RegistryConnection } from '@sluice/canonical-event/registry';
import type { KafkaConnection } from '@sluice/kafka/client';
import type { ConsumedRecord } from '@sluice/kafka/consumer';
import { readRange } from '@sluice/kafka/read-range';
import { endOffsets } from '@sluice/kafka/topics-admin';
import type { DeadLetter } from '@sluice/schemas/schemas';
import { topicOf } from '@sluice/schemas/topics';

/** A dead letter and where it stands: `0/17` is partition 0, offset 17. */
export interface KeptLetter extends DeadLetter {
  readonly place: string;
  /** When it was put back to where it came from, epoch ms; null when it was not. */
  readonly redrivenAtMs: number | null;
}

export interface LetterFilter {
  readonly place?: string;
  readonly stage?: string;
  readonly reason?: string;
  readonly source?: string;
  readonly sinceMs?: number;
  readonly untilMs?: number;
}

/** A record in the topic that is no dead letter. */
export interface StrayRecord {
  readonly place: string;
  readonly why: string;
}

export interface FoundLetters {
  /** In the order they were first seen. */
  readonly letters: readonly KeptLetter[];
  /** Passed over, whatever the filter says. */
  readonly strays: readonly StrayRecord[];
}

/** Headers of the record that marks a letter as redriven; it has the letter's key, and is empty. */
export const mark = { place: 'sluice-redriven-letter', atMs: 'sluice-redriven-at' } as const;

/** Every dead letter of a stream that the filter lets through, and the records that are none. */
export async function readLetters(
  connection: KafkaConnection,
  registry: RegistryConnection,
  stream: string,
  filter: LetterFilter,
): Promise<FoundLetters> {
  const topic = topicOf(stream, 'dead-letter');
  const records: ConsumedRecord[] = [];
  const to = await endOffsets(connection, topic);
  await readRange(connection, { topic, from: new Map(), to }, (record) => void records.push(record));
  const redriven = new Map<string, number>();
  for (const { value, headers } of records) {
    if (!value?.length)
      redriven.set(headers[mark.place]?.toString() ?? '', Number(headers[mark.atMs]?.toString()));
  }
  const decode = createDecoder(schemaLookup(registry));
  const letters: KeptLetter[] = [];
  const strays: StrayRecord[] = [];
  for (const { partition, offset, value } of records) {
    if (!value?.length) continue;
    const decoded = await decode('dead-letter', value);
    const place = `${partition}/${offset}`;
    if (!decoded.ok) strays.push({ place, why: decoded.detail });
    else letters.push({ ...decoded.value, place, redrivenAtMs: redriven.get(place) ?? null });
  }
  const passed = letters
    .filter((letter) => passes(letter, filter))
    .sort((a, b) => a.first_seen - b.first_seen);
  return { letters: passed, strays };
}

function passes(letter: KeptLetter, filter: LetterFilter): boolean {
  const { place, stage, reason, source, sinceMs, untilMs } = filter;
  return (
    (place === undefined || letter.place === place) &&
    (stage === undefined || letter.stage === stage) &&
    (reason === undefined || letter.reason === reason) &&
    (source === undefined || letter.source_id === source) &&
    (sinceMs === undefined || letter.first_seen >= sinceMs) &&
    (untilMs === undefined || letter.first_seen < untilMs)
  );
}
