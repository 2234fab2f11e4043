import type { AvroRecord } from '../model/avro.ts';

/**
 * A schema of the model as it is written to a file: a named type stands whole where it is first used, and by
 * its name everywhere else.
 */
export function writeOut(record: AvroRecord): object {
  const seen = new Set<string>();
  const visit = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(visit);
    if (typeof node !== 'object' || node === null) return node;
    const { name, type } = node as { name?: string; type?: unknown };
    if (name !== undefined && (type === 'record' || type === 'enum')) {
      if (seen.has(name)) return name;
      seen.add(name);
    }
    return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, visit(value)]));
  };
  return visit(record) as object;
}
