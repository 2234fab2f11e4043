import type { Meta } from '@sluice/schemas/schemas';
import type { StoredTopic } from '@sluice/schemas/topics';

/** How many months before and after its receipt an event may be filed under, and still be filed by its own clock. */
export interface MonthWindow {
  readonly before: number;
  readonly after: number;
}

const first = Date.UTC(2000, 0);
const last = Date.UTC(2101, 0) - 1;

/** A vendor may push what is two years old: a ticket, or the history of a conversation. No clock is a month ahead. */
export const ofVendors: MonthWindow = { before: 24, after: 1 };
/** The clock of a browser, or our own, is that of the receipt: a batch is kept in a browser for days at the most. */
const ofPages: MonthWindow = { before: 1, after: 1 };

/** The window of a topic. One topic has as many partitions or indices of one moment's receipts as months, and one. */
export function monthWindowOf(topic: StoredTopic): MonthWindow {
  return topic === 'staff-action.v1' || topic === 'heartbeat.v1' ? ofPages : ofVendors;
}

/**
 * The month that an event is filed under, by the vendor's clock in UTC: `2024-05`. Senders write any time, and each
 * month is a partition and an index, which servers have limits for: a time that is further from the receipt than the
 * topic's window is filed under `undated`, as no time is. So what comes in a month makes 27 places of a topic at most.
 *
 * Copies of one event have one vendor's time and receipts of their own. They are filed alike unless an edge of the
 * window came to lie between their receipts: a copy that was sent again when its time was more than 24 months old, or
 * first came with a time more than a month ahead. Then ClickHouse's views still show one, the highest version; in
 * Elasticsearch the older copy stays in its index, and a rebuild removes it.
 * @returns `undated` for an event without a time, or with one outside of the window
 */
export function monthOf(
  topic: StoredTopic,
  { occurred_at, received_at }: Pick<Meta, 'occurred_at' | 'received_at'>,
): string {
  if (occurred_at === null) return undated;
  const { before, after } = monthWindowOf(topic);
  const occurred = clamped(occurred_at);
  const ahead = monthNumber(occurred) - monthNumber(clamped(received_at));
  return ahead < -before || ahead > after ? undated : nameOf(occurred);
}

/** What is filed under no month. */
export const undated = 'undated';

/** Times beyond the years that both stores know become the nearest that they do. */
function clamped(epochMs: number): Date {
  return new Date(Math.min(Math.max(epochMs, first), last));
}

/** `2024-05`. Built of numbers, because each event needs one and the whole ISO time takes longer. */
function nameOf(time: Date): string {
  const month = time.getUTCMonth() + 1;
  return `${time.getUTCFullYear()}-${month < 10 ? '0' : ''}${month}`;
}

function monthNumber(time: Date): number {
  return time.getUTCFullYear() * 12 + time.getUTCMonth();
}
