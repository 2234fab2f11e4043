import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

const root = join(import.meta.dirname, '../../..');

interface Entry {
  readonly id: string;
  readonly vendor: string;
  readonly signed: boolean;
  readonly encrypted: boolean;
}

const { sources: entries } = parse(readFileSync(join(root, 'config/sources.yaml'), 'utf8')) as {
  readonly sources: readonly Entry[];
};

function idOf(what: string, isIt: (entry: Entry) => boolean): string {
  const found = entries.find(isIt);
  if (!found) throw new Error(`config/sources.yaml has no source that is ${what}.`);
  return found.id;
}

const first = entries.find(({ encrypted }) => encrypted)?.vendor ?? '';
const second = entries.find(({ encrypted, vendor }) => encrypted && vendor !== first)?.vendor ?? '';

/** The vendors of the development sources: two that encrypt. */
export const developmentVendors = { first, second };

/** Ids of the development sources, by what tests need of each. */
export const developmentSources = {
  /** Signed and encrypted, of the first vendor. */
  encrypted: idOf('encrypted', ({ vendor, encrypted }) => vendor === first && encrypted),
  /** Signed and plain, of the first vendor. */
  plain: idOf('plain', ({ vendor, encrypted }) => vendor === first && !encrypted),
  /** Signed and encrypted, of the second vendor. */
  otherEncrypted: idOf('encrypted', ({ vendor, encrypted }) => vendor === second && encrypted),
  /** Neither signed nor encrypted, of the second vendor. */
  open: idOf('open', ({ vendor, signed, encrypted }) => vendor === second && !signed && !encrypted),
};

/** The development sources of a vendor, in their order. */
export const developmentSourcesOf = (vendor: string): readonly Entry[] =>
  entries.filter((entry) => entry.vendor === vendor);

/**
 * Writes the development sources for another stream.
 * @param change edits the text, whose stream and secrets' paths are right already
 * @returns the path of the file
 */
export function writeSourcesFor(
  stream: string,
  folder: string,
  change: (sources: string) => string = (sources) => sources,
): string {
  const sources = readFileSync(join(root, 'config/sources.yaml'), 'utf8')
    .replaceAll('stream: sluice', `stream: ${stream}`)
    .replaceAll(/file: ([^\s/][^\s}]*)/g, (_, path: string) => `file: ${join(root, 'config', path)}`);
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'sources.yaml');
  writeFileSync(file, change(sources));
  return file;
}
