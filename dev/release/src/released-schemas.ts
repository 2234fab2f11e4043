import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The Avro schemas of a checkout, by the path below `schemas/`, such as `call.v1/1.avsc`. */
export interface SchemaState {
  /** Every released schema, with its SHA-256. */
  readonly released: Readonly<Record<string, string>>;
  /** Released now, and not yet in the last release. */
  readonly fresh: readonly string[];
  /** Files that `released.json` does not list. */
  readonly drafts: readonly string[];
  /** Released files that are not there, or not as they were released. */
  readonly edited: readonly string[];
}

/** @param former the `released.json` of the last release; null before the first */
export function readSchemas(root: string, former: string | null): SchemaState {
  const folder = join(root, 'schemas');
  const released = parse(readFileSync(join(folder, 'released.json'), 'utf8'));
  const formerly = former === null ? {} : parse(former);
  const hashes = new Map(
    globSync('*/[0-9]*.avsc', { cwd: folder })
      .map((file) => file.replaceAll('\\', '/'))
      .map((file) => [
        file,
        createHash('sha256')
          .update(readFileSync(join(folder, file)))
          .digest('hex'),
      ]),
  );
  return {
    released,
    fresh: Object.keys(released).filter((file) => !(file in formerly)),
    drafts: [...hashes.keys()].filter((file) => !(file in released)).sort(),
    edited: Object.keys(released).filter((file) => hashes.get(file) !== released[file]),
  };
}

const parse = (text: string): Record<string, string> => JSON.parse(text) as Record<string, string>;
