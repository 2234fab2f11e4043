import type { TopicName } from '@sluice/schemas/topics';
import { allTopics } from '@sluice/vendors/topics';
import { UsageError } from './exit-codes.ts';

/** Topics whose retention is set together. */
export type TopicGroup = 'raw' | 'canonical' | 'dead-letter';
const groups: readonly TopicGroup[] = ['raw', 'canonical', 'dead-letter'];

export function groupOf(name: TopicName): TopicGroup {
  if (name.startsWith('raw.')) return 'raw';
  return name === 'dead-letter' ? 'dead-letter' : 'canonical';
}

/** @throws UsageError about a retention of what is neither a topic nor a group */
export function checkRetention(retentionMs: ReadonlyMap<string, number>): void {
  const known: string[] = [...groups, ...allTopics];
  const unknown = [...retentionMs.keys()].find((one) => !known.includes(one));
  if (unknown !== undefined)
    throw new UsageError(
      `There is no topic ${unknown} to set a retention for: it must be one of ${known.join(', ')}.`,
    );
}
