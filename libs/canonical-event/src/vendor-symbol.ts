import { avroSchemas } from '@sluice/schemas/avro-schemas';
import type { Meta } from '@sluice/schemas/schemas';

interface Field {
  readonly name: string;
  readonly type: { readonly fields?: readonly Field[]; readonly symbols?: readonly string[] };
}

const fieldOf = (fields: readonly Field[] | undefined, name: string): Field['type'] | undefined =>
  fields?.find((field) => field.name === name)?.type;

/** The vendors that the released schema of `meta` has a symbol for. */
const symbols: ReadonlySet<string> = new Set(
  fieldOf(
    fieldOf(avroSchemas['other.v1'].at(-1)?.fields as readonly Field[] | undefined, 'meta')?.fields,
    'vendor',
  )?.symbols,
);

/** A vendor as events name it; `UNKNOWN` for one that the released schemas have no symbol for. */
export function vendorSymbol(id: string): Meta['vendor'] {
  const symbol = id.toUpperCase();
  return symbols.has(symbol) ? (symbol as Meta['vendor']) : 'UNKNOWN';
}
