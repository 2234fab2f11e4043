import { createHash } from 'node:crypto';
import { monthOf, undated } from '@sluice/sink/month';
import type { StoreItem } from '@sluice/sink/store';
import { wellFormedJson } from '@sluice/sink/well-formed';
import { columnsOf } from './columns.ts';

/**
 * The row of an event as JSONCompactEachRow takes it: the values of its table's columns, in their order. A time is a
 * whole number of ms, which ClickHouse takes for DateTime64(3) as it is, beyond the years that it can show too.
 */
export function rowOf(item: StoreItem): string {
  return wellFormedJson(columnsOf(item.topic).map(({ valueOf }) => valueOf(item)));
}

/**
 * The token by which ClickHouse knows an insert again: the same events in the same versions give the same
 * token, in whatever order and whichever offsets they came from.
 */
export function deduplicationToken(table: string, items: readonly StoreItem[]): string {
  const hash = createHash('sha256').update(table);
  for (const line of items.map(({ id, version }) => `\n${id} ${version}`).sort()) hash.update(line);
  return hash.digest('hex');
}

/**
 * Splits items so that none of the parts touches more than `maxMonths` partitions: neither by the months that tables
 * are created with, nor by the vendor's month alone, as older tables have it.
 */
export function splitByMonths(items: readonly StoreItem[], maxMonths: number): StoreItem[][] {
  const byMonth = Map.groupBy(items, ({ topic, event: { meta } }) => {
    const month = monthOf(topic, meta);
    // What is filed under a month has it by the vendor's clock.
    return month === undated
      ? `${undated} ${monthOf(topic, { ...meta, received_at: meta.occurred_at ?? 0 })}`
      : month;
  });
  const parts: StoreItem[][] = [];
  [...byMonth.values()].forEach((ofMonth, index) => {
    if (index % maxMonths === 0) parts.push([]);
    parts.at(-1)?.push(...ofMonth);
  });
  return parts;
}
