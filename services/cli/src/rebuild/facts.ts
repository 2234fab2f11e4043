import type { CanonicalTopic } from '@sluice/schemas/topics';

/** What a rebuild tells while it runs, as data: a line of `--json`. Counts are of records or events. */
export type RebuildFact =
  | { readonly of: 'orphan'; readonly name: string }
  | { readonly of: 'carrying-over'; readonly topic: CanonicalTopic; readonly events: number }
  /** A progress within one reading; there are several. `secondsLeft` is null before anything is read. */
  | {
      readonly of: 'progress';
      readonly records: number;
      readonly total: number;
      readonly secondsLeft: number | null;
    }
  | { readonly of: 'read'; readonly records: number }
  /** Records that became no event in the store, by reason. */
  | { readonly of: 'left-out'; readonly reasons: Readonly<Record<string, number>> }
  /** Records that left Kafka before they were read. */
  | { readonly of: 'left-kafka'; readonly records: number }
  /** What readers saw when it began, and would see. */
  | {
      readonly of: 'counted';
      readonly topic: CanonicalTopic;
      readonly before: number;
      readonly after: number;
    }
  | { readonly of: 'swapping' }
  /** A message for a person. */
  | { readonly of: 'warning'; readonly text: string }
  | { readonly of: 'done'; readonly topics: readonly CanonicalTopic[] }
  /** Ctrl-C, before anything was swapped. */
  | { readonly of: 'stopped' }
  /** Of `--dry-run`. */
  | { readonly of: 'to-read'; readonly records: number }
  | {
      readonly of: 'to-carry-over';
      readonly topic: CanonicalTopic;
      readonly seen: number;
      readonly events: number;
    }
  | { readonly of: 'unchanged' };

/** Tells a person, and a program. */
export type SayRebuild = (line: string, fact: RebuildFact) => void;
