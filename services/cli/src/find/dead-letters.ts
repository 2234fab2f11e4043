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
  await reading(options, {}, (deadLetter) => {
    const { topic, partition, offset, headers, detail, payload } = deadLetter;
    const isOurs =
      places.has(`${topic}/${partition}/${offset}`) ||
      [deadLetter.id, detail, ...headers.map(({ value }) => value)].some((one) => one.includes(id)) ||
      payload.includes(id);
    if (!isOurs) return;
    found.push({
      ...{ place: deadLetter.place, stage: deadLetter.stage, reason: deadLetter.reason, detail },
      ...{
        source: deadLetter.source_id,
        dataType: deadLetter.data_type,
        firstSeen: timeOf(deadLetter.first_seen),
      },
      redrivenAt: deadLetter.redrivenAtMs === null ? null : timeOf(deadLetter.redrivenAtMs),
    });
  });
  return found;
}
