import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { VendorId } from '../index.ts';

/** What the vendor's page says of the records of one shape. */
export interface DocumentedShape {
  /** Section or heading of the page. */
  readonly section: string;
  readonly dataTypes: readonly string[];
  /** Every field of the page's tables by its path in the record, with the page's words. */
  readonly fields: Readonly<Record<string, string>>;
  /** Paths that no table lists and a sample shows. */
  readonly inSamplesOnly: readonly string[];
  /** Paths of `fields` that the canonical model has no place for: they become attributes. */
  readonly inAttributes?: readonly string[];
}

/** The shapes of a vendor's page, in its order. */
export function documentedShapes(vendor: VendorId): DocumentedShape[] {
  const file = join(import.meta.dirname, `../${vendor}/documented.json`);
  return Object.values(JSON.parse(readFileSync(file, 'utf8')) as Record<string, DocumentedShape>);
}

/** Every path of a shape, documented or only shown. */
export function pathsOf({ fields, inSamplesOnly }: DocumentedShape): string[] {
  return [...Object.keys(fields), ...inSamplesOnly];
}
