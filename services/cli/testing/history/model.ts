import { erasedVersion } from '@sluice/sink/erasure';
import type { WatchedTopic } from './watched.ts';

/** A raw record that was acknowledged. */
interface Origin {
  readonly partition: number;
  readonly offset: number;
  /** Which of the raw topics that was there one after the other. */
  readonly incarnation: number;
}

/** One copy of an event. */
export interface Copy {
  readonly id: string;
  readonly topic: WatchedTopic;
  readonly version: number;
  /** What it is about: erased by it. */
  readonly entity: string;
  /** Whether only a former mapping makes such an event of its record. */
  readonly isStale: boolean;
  readonly origin: Origin;
}

/** What a reader sees of an event. */
export interface Seen {
  readonly id: string;
  readonly version: number;
}

/** What one store must show, by event id. What is in neither of its parts may be there or not. */
export interface StoreModel {
  /** Seen, in this version or a higher one. */
  readonly must: Map<string, Copy>;
  /** A rebuild from the raw topics got rid of it: not seen. */
  readonly gone: Set<string>;
  /** Seen, and empty. */
  readonly erased: Set<string>;
}

export const emptyModel = (): StoreModel => ({ must: new Map(), gone: new Set(), erased: new Set() });

/** A sink, or a rebuild, wrote a copy. */
export function wrote({ must, gone }: StoreModel, copy: Copy): void {
  if ((must.get(copy.id)?.version ?? 0) <= copy.version) must.set(copy.id, copy);
  gone.delete(copy.id);
}

/** What a rebuild excuses between its first swap and its end. */
export interface Excused {
  /** Of these topics, which are being swapped. */
  readonly topics: readonly WatchedTopic[];
  /** Written since the rebuild began. */
  readonly written: ReadonlySet<string>;
  /** Gone already, or not yet. */
  isLeaving(copy: Copy): boolean;
}

/**
 * Compares what a reader sees with what it must see.
 * @param made the highest version of each event that anybody made
 * @returns a line for each event that is not as it must be
 */
export function problemsOf(
  { must, gone, erased }: StoreModel,
  seen: readonly Seen[],
  made: ReadonlyMap<string, number>,
  excused: Excused | null,
): string[] {
  const versions = Map.groupBy(seen, ({ id }) => id);
  const problems: string[] = [];
  for (const [id, copies] of versions) {
    const version = copies[0]?.version ?? 0;
    if (copies.length > 1) problems.push(`${id} is seen ${copies.length} times`);
    const highest = made.get(id);
    if (highest === undefined) problems.push(`${id} is seen, and nobody made it`);
    else if (erased.has(id)) {
      if (version !== erasedVersion) problems.push(`${id} was erased, and is seen as ${version}`);
    } else if (version > highest) problems.push(`${id} is seen as ${version}, above ${highest}`);
    if (gone.has(id) && !excused) problems.push(`${id} was got rid of, and is back`);
  }
  for (const [id, copy] of must) {
    const isSwapped = excused?.topics.includes(copy.topic) ?? false;
    if (isSwapped && !erased.has(id) && (excused?.written.has(id) || excused?.isLeaving(copy))) continue;
    const version = versions.get(id)?.[0]?.version;
    const { isStale, origin } = copy;
    const what = `${id} (${copy.topic}${isStale ? ', stale' : ''}, of ${origin.incarnation}:${origin.partition}/${origin.offset})`;
    if (version === undefined) problems.push(`${what} is not seen`);
    else if (version < copy.version && !isSwapped)
      problems.push(`${what} is seen as ${version}, below ${copy.version}`);
  }
  return problems;
}
