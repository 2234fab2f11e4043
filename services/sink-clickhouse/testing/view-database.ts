import type { Meta, ValueOf } from '@sluice/schemas/schemas';
import type { CanonicalTopic } from '@sluice/schemas/topics';
import { fieldsOf, type Field } from '@sluice/sink/fields';
import { sampleItem } from '@sluice/sink/testing/sample-items';
import type { StoreItem } from '@sluice/sink/store';
import { createClickHouseStore } from '../src/clickhouse-store.ts';
import { migrateClickHouse } from '../src/migrate.ts';
import { scratchDatabase } from './scratch-database.ts';

/** A migrated database of a test's own with events that were written through the real store. */
export interface ViewDatabase {
  /** Rows of a query in which `FROM` names tables without their database; numbers are numbers. */
  rows(query: string): Promise<Record<string, unknown>[]>;
  remove(): Promise<void>;
}

/** Writes the events, and each of them a second time, as a vendor that sends again does. */
export async function viewDatabase(events: readonly StoreItem[]): Promise<ViewDatabase> {
  const database = scratchDatabase();
  await migrateClickHouse(database);
  const store = createClickHouseStore(database);
  const resent = events.map((item) => ({ ...item, version: item.version + 1000 }));
  for (const items of [events, resent]) await store.write(items);
  await store.close();
  return {
    rows: (query) =>
      database.rows(
        `${query.replaceAll(/\b(FROM|JOIN) (?=\w)/g, `$1 ${database.database}.`)}
         SETTINGS output_format_json_quote_64bit_integers = 0`,
      ),
    remove: () => database.remove(),
  };
}

/**
 * An event of the source `shop` with the fields that are given and no others.
 * @param at what the vendor's clock in Beijing shows, `2024-05-06 07:08:09`
 */
export function event<T extends CanonicalTopic>(
  topic: T,
  at: string | null,
  fields: Partial<Omit<ValueOf[T], 'meta'>>,
  meta: Partial<Meta> = {},
): StoreItem {
  const blank = Object.fromEntries(fieldsOf(topic).own.map((field) => [field.name, blankOf(field)]));
  const { conversation_id: id } = fields as { conversation_id?: string | null };
  return sampleItem(
    topic,
    {
      ...{ source_id: 'shop', event_type: topic, entity_key: id ?? '', received_at: received++ },
      ...{ occurred_at: at === null ? null : clock(at), ...meta },
    },
    { ...blank, ...fields } as Partial<ValueOf[T]>,
  );
}

let received = Date.UTC(2024, 5, 1);

function blankOf({ kind, nullable }: Field): unknown {
  if (nullable) return null;
  return kind === 'enum' ? 'UNKNOWN' : [];
}

/** The moment at which clocks in Beijing show it, in ms since the epoch. */
export function clock(shown: string): number {
  return Date.parse(`${shown.replace(' ', 'T')}+08:00`);
}
