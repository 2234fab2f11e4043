import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../../..');

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
