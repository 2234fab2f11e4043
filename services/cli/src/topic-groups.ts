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

/**
 * @param what is given: `retention`
 * @throws UsageError about what is given for neither a topic nor a group
 */
export function checkNames(what: string, given: ReadonlyMap<string, number>): void {
  const known: string[] = [...groups, ...allTopics];
  const unknown = [...given.keys()].find((one) => !known.includes(one));
  if (unknown !== undefined)
    throw new UsageError(
      `There is no topic ${unknown} to set a ${what} for: it must be one of ${known.join(', ')}.`,
    );
}
