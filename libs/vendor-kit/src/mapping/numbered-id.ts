import type { Fields } from './fields.ts';
import type { Reader } from './reader.ts';

/** The first of the paths that was sent, and not empty where another one is not. */
function firstSent(fields: Fields, paths: readonly string[]): string {
  return paths.find((path) => fields.peek(path)?.trim()) ?? paths.find((path) => fields.has(path)) ?? '';
}

/**
 * An id as sent, and the number in it as a second field: some data types send the id with a prefix, others
 * without, and the prefix must not be stripped (`1_2800` and `3_2800` are different conversations).
 */
export function numberedId<I extends string, N extends string>(
  id: I,
  number: N,
  pattern: RegExp,
  paths: readonly string[],
): Record<I | N, Reader<string | null>> {
  const origins = paths.map((path) => ({ path }));
  const asSent: Reader<string | null> = {
    origins,
    read: (fields) => fields.text(firstSent(fields, paths)),
  };
  const digits: Reader<string | null> = {
    origins,
    read: (fields) => pattern.exec(fields.peek(firstSent(fields, paths))?.trim() ?? '')?.[1] ?? null,
  };
  return { [id]: asSent, [number]: digits } as Record<I | N, Reader<string | null>>;
}
