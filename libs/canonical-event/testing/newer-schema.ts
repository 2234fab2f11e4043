import avsc from 'avsc';
import type { ValueOf } from '@sluice/schemas/schemas';
import { schemaOf, type AvroTopic } from '../src/avro-codec.ts';

/** A topic's schema as a later release may have it: with the field `mood`, and the symbol `NEXT` in each enum. */
export function newerSchemaOf(topic: AvroTopic): object {
  const schema = structuredClone(schemaOf(topic)) as { fields: object[] };
  addSymbol(schema);
  schema.fields.push({ name: 'mood', type: 'string', default: '', doc: 'Of a later release.' });
  return schema;
}

function addSymbol(node: unknown): void {
  if (typeof node !== 'object' || node === null) return;
  const { type, symbols } = node as { type?: unknown; symbols?: string[] };
  if (type === 'enum') symbols?.push('NEXT');
  for (const child of Object.values(node)) addSymbol(child);
}

/** Encodes an event as that release does. @param schemaId what the registry calls the newer schema */
export function encodeNewer<T extends AvroTopic>(
  topic: T,
  schemaId: number,
  event: Partial<ValueOf[T]>,
): Buffer {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(schemaId, 1);
  const type = avsc.Type.forSchema(newerSchemaOf(topic) as avsc.Schema);
  return Buffer.concat([prefix, type.toBuffer({ ...event, mood: 'calm' })]);
}
