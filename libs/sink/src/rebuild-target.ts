import type { CanonicalTopic } from '@sluice/schemas/topics';
import type { RebuildScope } from './rebuild-scope.ts';
import type { Store } from './store.ts';

/**
 * A store whose tables or indices can be filled again next to the ones that serve, and swapped in. Sinks continue writing
 * and readers continue reading meanwhile.
 */
export interface RebuildTarget {
  /** The store as sinks write it: what serves, before a swap and after it. */
  readonly live: Store;
  /** Names of what rebuilds left that were killed: nothing of it serves. */
  orphans(): Promise<string[]>;
  /** Removes one of the orphans. */
  removeOrphan(name: string): Promise<void>;
  /** How many events of a topic a reader sees. */
  count(topic: CanonicalTopic): Promise<number>;
  /** When a topic that serves was filled from the raw topics, epoch ms: what an older mapping made is gone. Else null. */
  filledFromRawAt(topic: CanonicalTopic): Promise<number | null>;
  /** How many of those are carried over, because they are outside the scope. */
  countOutside(topic: CanonicalTopic, scope: RebuildScope): Promise<number>;
  /**
   * Creates what is filled: empty, and not seen by readers.
   * @param run digits that no other rebuild of the stream has
   * @throws an error when the store cannot swap
   */
  begin(run: string, topics: readonly CanonicalTopic[]): Promise<Rebuild>;
  close(): Promise<void>;
}

/** Runs a part of some work, which may be done twice; may do it again when its server fails. */
export type RunPart = <T>(part: () => Promise<T>) => Promise<T>;

/** One rebuild, filled and not swapped in yet. */
export interface Rebuild {
  /** Writes what is filled, by the same code that sinks write with. */
  readonly store: Store;
  /** Copies what is outside the scope from what serves, each event in the version that readers see. */
  copyUnchanged(topic: CanonicalTopic, scope: RebuildScope, run: RunPart): Promise<void>;
  /** How many different events were filled in so far. */
  count(topic: CanonicalTopic): Promise<number>;
  /**
   * What somebody changed of a topic's table or template since the rebuild began: columns, settings, how long it
   * keeps rows. A swap would undo it. Null when it is as it was, else a part of a message.
   */
  changed(topic: CanonicalTopic): Promise<string | null>;
  /**
   * Swaps in what was filled, in one step: readers see the old or the new state.
   * @param fromRawAtMs what `filledFromRawAt` tells from now on
   */
  swap(topic: CanonicalTopic, fromRawAtMs: number | null): Promise<void>;
  /**
   * Notes, behind a swap, up to where the canonical topic is settled by a rebuild from the raw topics: what
   * `Store.settled` tells from now on.
   */
  noteSettled(topic: CanonicalTopic, before: ReadonlyMap<number, bigint>): Promise<void>;
  /** Removes what does not serve: before a swap what was filled, behind it what was swapped out. */
  end(): Promise<void>;
}

/** The prefix of everything that rebuilds of a stream create: behind it stands the run. */
export function rebuildPrefix(stream: string): string {
  return `${stream}-rebuild-`;
}
