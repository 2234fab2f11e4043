import type { Fields } from './fields.ts';
import type { MapContext, UnknownKind } from './mapping.ts';

/** What a vendor's code means; codes and texts are looked up alike. */
export type CodeTable<T extends string> = Readonly<Record<string, T>>;

/**
 * Reads a coded field: the canonical symbol, and the code as it was sent.
 * An absent or empty code is UNKNOWN; one that no table lists is UNKNOWN, kept, and counted.
 */
export function readCode<T extends string>(
  fields: Fields,
  path: string,
  table: CodeTable<T>,
  context: MapContext,
  kind: UnknownKind,
): { symbol: T | 'UNKNOWN'; code: string | null } {
  const code = fields.text(path);
  const key = code?.trim() ?? '';
  if (key === '') return { symbol: 'UNKNOWN', code };
  // Own properties only: a code may be any text, `constructor` too.
  const symbol = Object.hasOwn(table, key) ? table[key] : undefined;
  if (symbol === undefined) context.unknown(kind);
  return { symbol: symbol ?? 'UNKNOWN', code };
}
