import type { Finding } from '@sluice/service/finding';

/** Something that is examined: a server, a file, an address. */
export interface Examination {
  /** Whose it is, for people: `Kafka`. */
  readonly title: string;
  /** Where it is. */
  readonly at: string;
  /** Tells what it finds, one after the other. It ends early where nothing more can be known. */
  readonly run: () => AsyncIterable<Finding>;
}

/** What a server said that nobody expected; a login that it refuses among it. */
export function sentenceOf(error: unknown): string {
  const { message, cause } = error as { message?: string; cause?: { message?: string } };
  const text = (message ?? String(error)).trim();
  const why = cause?.message !== undefined && !text.includes(cause.message) ? ` (${cause.message})` : '';
  return `${text.replace(/\.$/, '')}${why}.`;
}
