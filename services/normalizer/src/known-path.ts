/** Records name a few hundred paths; a hostile one must not fill the memory with others. */
const maxKnown = 10_000;

const known = new Map<string, string>();

/**
 * The one copy of a path that the engine keeps for names in source code, too. Looking the fields of a record up
 * is half of the cost of mapping unless equal paths are one string.
 */
export function knownPath(path: string): string {
  const copy = known.get(path);
  if (copy !== undefined) return copy;
  // Names of properties are kept once.
  const [unique = path] = Object.keys({ [path]: true });
  if (known.size < maxKnown) known.set(path, unique);
  return unique;
}
