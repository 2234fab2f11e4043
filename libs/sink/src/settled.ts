import type { ConsumedRecord } from '@sluice/kafka/consumer';
import { canonicalTopics, topicOf } from '@sluice/schemas/topics';
import type { Settled, Store } from './store.ts';

/** Offsets by partition as they are in a store's note: `0:1200,1:34`. */
export function writeOffsets(offsets: ReadonlyMap<number, bigint>): string {
  return [...offsets].map(([partition, offset]) => `${partition}:${offset}`).join(',');
}

/** @returns what `writeOffsets` wrote; what is anything else is left out */
export function readOffsets(text: string): Map<number, bigint> {
  const parts = text.split(',').flatMap((part): [number, bigint][] => {
    const [, partition, offset] = /^(\d{1,9}):(\d{1,18})$/.exec(part) ?? [];
    return partition === undefined || offset === undefined ? [] : [[Number(partition), BigInt(offset)]];
  });
  return new Map(parts);
}

/**
 * Tells which records a sink leaves alone, as a rebuild from the raw topics has settled them: a sink whose offsets were
 * set back would write again what that rebuild got rid of.
 * @returns null when there are none
 */
export async function findSettled(
  store: Pick<Store, 'settled'>,
  stream: string,
): Promise<((record: ConsumedRecord) => boolean) | null> {
  const byTopic = new Map<string, Settled>();
  for (const topic of canonicalTopics) {
    const settled = await store.settled(topic);
    if (settled) byTopic.set(topicOf(stream, topic), settled);
  }
  if (byTopic.size === 0) return null;
  return ({ topic, partition, offset, timestampMs }) => {
    const settled = byTopic.get(topic);
    const before = settled?.before.get(partition);
    if (!settled || before === undefined) return false;
    return timestampMs <= settled.writtenByMs && BigInt(offset) < before;
  };
}
