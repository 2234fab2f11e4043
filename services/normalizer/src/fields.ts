import type { Attribute } from '@sluice/schemas/schemas';

/** One value that the vendor sent: its path within the record, and its text. */
export interface Leaf {
  readonly path: string;
  readonly value: string;
}

/**
 * The values of one record. Reading one takes it; what nobody took becomes an attribute of the event, so that
 * nothing is lost. A value that does not convert is not taken: it stays as it was sent.
 */
export interface Fields {
  /** As sent; null when it is absent, empty when it was sent empty. */
  text(path: string): string | null;
  /** Looks without taking. */
  peek(path: string): string | null;
  /** A whole number; null when absent or not one. */
  integer(path: string): number | null;
  /** Converts and takes; null when absent or when `convert` says null. */
  convert<T>(path: string, convert: (text: string) => T | null): T | null;
  /** Everything that was not taken, in the order it was sent. */
  rest(): Attribute[];
}

export function createFields(leaves: readonly Leaf[]): Fields {
  const values = new Map<string, string>();
  for (const { path, value } of leaves) values.set(path, value);
  const taken = new Set<string>();

  const convert = <T>(path: string, read: (text: string) => T | null): T | null => {
    const text = values.get(path);
    if (text === undefined) return null;
    const value = read(text);
    if (value !== null) taken.add(path);
    return value;
  };

  return {
    text: (path) => convert(path, (text) => text),
    peek: (path) => values.get(path) ?? null,
    integer: (path) => convert(path, readInteger),
    convert,
    rest: () =>
      leaves.filter(({ path }) => !taken.has(path)).map(({ path, value }) => ({ name: path, value })),
  };
}

/** Vendors send numbers as texts, sometimes with spaces around them. */
function readInteger(text: string): number | null {
  const trimmed = text.trim();
  if (!/^-?\d{1,15}$/.test(trimmed)) return null;
  return Number(trimmed);
}
