import type { ValueOf } from '@sluice/schemas/schemas';
import type { StoredTopic } from '@sluice/schemas/topics';
import type { Field } from '@sluice/sink/fields';
import { fieldsOf } from '@sluice/sink/fields';
import { tableOf } from '../src/columns.ts';
import type { ScratchDatabase } from './scratch-database.ts';

type Values = Record<string, unknown>;

/**
 * What the view of a topic's table shows of an event, as the event that it was. Times are read as the number that
 * they are kept as. A record of which no column has a value was absent.
 */
export async function readEvents(
  database: ScratchDatabase,
  topic: StoredTopic,
  id: string,
): Promise<ValueOf[StoredTopic][]> {
  const { meta, own } = fieldsOf(topic);
  const columns = [...meta, ...own].flatMap((field) => selected(field, ''));
  const rows = await database.rows<Values>(
    `SELECT ${columns.join(', ')} FROM ${database.database}.${tableOf(topic)}_latest WHERE event_id = '${id}'
     SETTINGS output_format_json_quote_64bit_integers = 0, output_format_json_named_tuples_as_objects = 1`,
  );
  return rows.map((row) => {
    const read = (fields: readonly Field[]): Values =>
      Object.fromEntries(fields.map((field) => [field.name, restored(field, '', row)]));
    return { meta: read(meta), ...read(own) } as unknown as ValueOf[StoredTopic];
  });
}

function selected(field: Field, prefix: string): string[] {
  const name = `${prefix}${field.name}`;
  if (field.kind === 'record') return field.fields.flatMap((inner) => selected(inner, `${name}_`));
  if (field.kind === 'records') return field.fields.map((inner) => `\`${name}.${inner.name}\``);
  return [field.kind === 'timestamp' ? `toUnixTimestamp64Milli(${name}) AS ${name}` : name];
}

function restored(field: Field, prefix: string, row: Values): unknown {
  const name = `${prefix}${field.name}`;
  if (field.kind === 'record') {
    const record = field.fields.map((inner): [string, unknown] => [
      inner.name,
      restored(inner, `${name}_`, row),
    ]);
    const isAbsent = record.every(([, value]) => value === null || value === 'UNKNOWN');
    return isAbsent ? null : Object.fromEntries(record);
  }
  if (field.kind === 'records') {
    const columns = field.fields.map((inner) => [inner.name, row[`${name}.${inner.name}`]] as const);
    const [, first] = columns[0] as readonly [string, readonly unknown[]];
    return first.map((_, at) =>
      Object.fromEntries(columns.map(([inner, values]) => [inner, (values as readonly unknown[])[at]])),
    );
  }
  return row[name];
}
