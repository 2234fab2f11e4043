import { timeOf } from '../printable.ts';
import { reading } from '../dlq/reading.ts';
import type { FindOptions } from './options.ts';
import type { RawPush } from './raw.ts';

export interface FoundDeadLetter {
  readonly place: string;
  readonly firstSeen: string;
  readonly stage: string;
  readonly reason: string;
  readonly detail: string;
  readonly source: string;
  readonly dataType: string;
  readonly redrivenAt: string | null;
}

/** Dead letters that hold an id, or that one of the pushes became. */
export async function findDeadLetters(
  id: string,
  pushes: readonly RawPush[],
  options: FindOptions,
): Promise<FoundDeadLetter[]> {
  const places = new Set(
    pushes.map(({ position: { topic, partition, offset } }) => `${topic}/${partition}/${offset}`),
  );
  const found: FoundDeadLetter[] = [];
  await reading(options, {}, (letter) => {
    const { topic, partition, offset, headers, detail, payload } = letter;
    const isOurs =
      places.has(`${topic}/${partition}/${offset}`) ||
      [letter.id, detail, ...headers.map(({ value }) => value)].some((one) => one.includes(id)) ||
      payload.includes(id);
    if (!isOurs) return;
    found.push({
      ...{ place: letter.place, stage: letter.stage, reason: letter.reason, detail },
      ...{ source: letter.source_id, dataType: letter.data_type, firstSeen: timeOf(letter.first_seen) },
      redrivenAt: letter.redrivenAtMs === null ? null : timeOf(letter.redrivenAtMs),
    });
  });
  return found;
}
