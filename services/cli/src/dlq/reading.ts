import { kafkaAt, registryAt } from '../access.ts';
import { Undone } from '../exit-codes.ts';
import { printableLine } from '../printable.ts';
import { awaiting } from '../status-line.ts';
import type { DlqOptions, FilterOptions } from './options.ts';
import {
  readDeadLetters,
  type StoredDeadLetter,
  type DeadLetterCounts,
  type DeadLetterFilter,
  type DeadLetterReader,
} from './read-dead-letters.ts';

/** Records that are no dead letters, of which a line is shown. */
const strayLines = 20;

/**
 * Reads dead letters one after the other.
 * @param atEnd called after the last one, also when the reading breaks off: then without what was there
 * @throws Undone, with a line for each of the first records that are no dead letters, when the rest is done
 */
export async function reading(
  { brokers, schemaRegistry, stream }: DlqOptions,
  filter: DeadLetterFilter,
  onDeadLetter: (deadLetter: StoredDeadLetter) => Promise<void> | void,
  atEnd: (there: DeadLetterCounts | null) => void = () => undefined,
): Promise<void> {
  const strays: string[] = [];
  let count = 0;
  const reader: DeadLetterReader = {
    async onDeadLetter(deadLetter) {
      await onDeadLetter(deadLetter);
    },
    onStray({ place, why }) {
      count += 1;
      if (count <= strayLines)
        strays.push(`${place} is not a dead letter and was skipped: ${printableLine(why)}`);
    },
  };
  let there: DeadLetterCounts | null = null;
  try {
    there = await awaiting(`Reading the dead letters of ${stream} at ${brokers.join(',')}`, () =>
      readDeadLetters(kafkaAt(brokers), registryAt(schemaRegistry), stream, filter, reader),
    );
  } finally {
    atEnd(there);
  }
  if (count > strays.length) strays.push(`${count - strays.length} more are not dead letters.`);
  if (count > 0) throw new Undone(strays.join('\n'));
}

export function filterOf({
  stage,
  reason,
  source,
  since,
  until,
  contains,
  open,
}: FilterOptions): DeadLetterFilter {
  return {
    ...(stage === undefined ? {} : { stage }),
    ...(reason === undefined ? {} : { reason }),
    ...(source === undefined ? {} : { source }),
    ...(since === undefined ? {} : { sinceMs: since }),
    ...(until === undefined ? {} : { untilMs: until }),
    ...(contains === undefined ? {} : { contains }),
    isOpen: open,
  };
}

/**
 * Why a filter lets nothing through, where dead letters are there: a misspelt name looks like good news.
 * @returns null when there are none at all
 */
export function whyNone(filter: DeadLetterFilter, there: DeadLetterCounts): string | null {
  const total = sumOf(there.stage);
  if (total === 0) return null;
  for (const name of ['source', 'stage', 'reason'] as const) {
    const wanted = filter[name];
    if (wanted === undefined || there[name].has(wanted)) continue;
    const found = [...there[name]].map(([one, count]) => `${printableLine(one)} (${count})`);
    return `No dead letter has the ${name} ${wanted}; there are ${found.join(', ')}.`;
  }
  return `None of the ${total} dead letters matches all filters.`;
}

const sumOf = (counts: ReadonlyMap<string, number>): number =>
  [...counts.values()].reduce((sum, count) => sum + count, 0);
