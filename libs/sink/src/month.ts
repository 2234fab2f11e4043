const first = Date.UTC(2000, 0);
const last = Date.UTC(2101, 0) - 1;

/**
 * The month that an event is filed under, by the vendor's clock in UTC: `2024-05`. A resend has the same one,
 * which makes it fit for partitions and index names. Broken clocks send any year: those before 2000 are filed
 * under 2000-01, those after 2100 under 2100-12.
 * @param occurredAt ms since the epoch
 * @returns `undated` for null
 */
export function monthOf(occurredAt: number | null): string {
  if (occurredAt === null) return 'undated';
  return new Date(Math.min(Math.max(occurredAt, first), last)).toISOString().slice(0, 7);
}
