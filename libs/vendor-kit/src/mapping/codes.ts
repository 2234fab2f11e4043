import type { MapContext, UnknownKind } from './map-context.ts';
import type { Reader } from './reader.ts';
import { wholeDigits } from './whole-digits.ts';

/** One row of a vendor's page: a code, what the page says it means, and what that is in the canonical model. */
export type CodeRow<T extends string> = readonly [code: string, text: string, symbol: T | 'UNKNOWN'];

/** What a vendor's codes mean. A code and its text are looked up alike: vendors send either. */
export interface CodeTable<T extends string> {
  readonly kind: UnknownKind;
  readonly rows: readonly CodeRow<T>[];
  readonly lookup: ReadonlyMap<string, T | 'UNKNOWN'>;
}

/**
 * @param kind how a code that is not in the table is counted
 * @param rows as the vendor's page lists them
 * @param spellings further texts that vendors send for a symbol
 */
export function codeTable<T extends string>(
  kind: UnknownKind,
  rows: readonly CodeRow<T>[],
  spellings: readonly (readonly [text: string, symbol: T | 'UNKNOWN'])[] = [],
): CodeTable<T> {
  const lookup = new Map<string, T | 'UNKNOWN'>(spellings);
  for (const [code, text, symbol] of rows) lookup.set(text, symbol).set(code, symbol);
  return { kind, rows, lookup };
}

/** The tables of codes that a module exports, by name. */
export const codeTablesIn = (exported: object): Record<string, CodeTable<string>> =>
  Object.fromEntries(
    Object.entries(exported as Record<string, CodeTable<string>>).filter(([, table]) => 'rows' in table),
  );

/** Looks a code or text up. One that the table does not list is UNKNOWN, and counted; an empty one is not. */
function symbolOf<T extends string>(table: CodeTable<T>, code: string, context: MapContext): T | 'UNKNOWN' {
  const key = code.trim();
  if (key === '') return 'UNKNOWN';
  const symbol = table.lookup.get(key) ?? table.lookup.get(wholeDigits(key) ?? '');
  if (symbol === undefined) context.unknown(table.kind);
  return symbol ?? 'UNKNOWN';
}

/** The first of some paths that was sent, and what its codes mean. */
interface CodedPath<T extends string> {
  readonly path: string;
  readonly table: CodeTable<T>;
}

/** A coded field alone, `<name>`: another field keeps the code. */
export function symbol<T extends string>(...places: readonly CodedPath<T>[]): Reader<T | 'UNKNOWN'> {
  return {
    origins: places.map(({ path }) => ({ path })),
    read(fields, context) {
      for (const { path, table } of places) {
        const code = fields.peek(path);
        if (code !== null) return symbolOf(table, code, context);
      }
      return 'UNKNOWN';
    },
  };
}

/** A coded field, `<name>`, and the code as it was sent next to it, `<name>_code`. */
export function coded<N extends string, T extends string>(
  name: N,
  path: string,
  table: CodeTable<T>,
): Record<N, Reader<T | 'UNKNOWN'>> & Record<`${N}_code`, Reader<string | null>> {
  const code: Reader<string | null> = { origins: [{ path }], read: (fields) => fields.text(path) };
  return {
    [name]: symbol({ path, table }),
    [`${name}_code`]: code,
  } as ReturnType<typeof coded<N, T>>;
}
