import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { model } from '../model/model.ts';
import { incompatibilities } from './compatibility.ts';
import { readReleased } from '../src/read-released.ts';
import { renderDictionary } from './render-dictionary.ts';
import { renderModule } from './render.ts';
import { renderReaders } from './render-readers.ts';
import { renderWriters } from './render-writers.ts';
import { writeOut } from './write-out.ts';

/**
 * Writes the model out: `<topic>/<version>.avsc` where a topic's schema changed since its release, the TypeScript types,
 * the functions that read and write values, and docs/reference/data-dictionary.md. A draft is written again; a released file never is. `--release` lists the drafts in
 * `released.json`, after which they are as they are permanently.
 */
const root = join(import.meta.dirname, '..');
const releasedFile = join(root, 'released.json');
const { values } = parseArgs({ options: { release: { type: 'boolean', default: false } } });

const released = JSON.parse(readFileSync(releasedFile, 'utf8')) as Record<string, string>;
for (const [topic, record] of Object.entries(model)) await writeDraft(topic, writeOut(record));

const schemas = readReleased();
for (const [topic, versions] of Map.groupBy(schemas, (one) => one.topic)) {
  const problems = incompatibilities(versions.map(({ schema }) => schema));
  if (problems.length > 0) throw new Error(`${topic}: ${problems.join('\n')}`);
}
if (values.release) {
  for (const { topic, version, text } of schemas)
    released[`${topic}/${version}.avsc`] ??= createHash('sha256').update(text).digest('hex');
  await writeFormatted(
    releasedFile,
    Object.fromEntries(Object.entries(released).sort(([a], [b]) => (a < b ? -1 : 1))),
  );
}
write(join(root, 'src/generated/schemas.ts'), renderModule(schemas));
write(join(root, 'src/generated/readers.ts'), renderReaders(schemas));
write(join(root, 'src/generated/writers.ts'), renderWriters(schemas));
write(join(root, '../docs/reference/data-dictionary.md'), renderDictionary(schemas));

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

async function writeDraft(topic: string, schema: object): Promise<void> {
  const newest = readReleased().findLast((one) => one.topic === topic);
  if (newest && JSON.stringify(newest.schema) === JSON.stringify(schema)) return;
  const isDraft = newest !== undefined && !(`${topic}/${newest.version}.avsc` in released);
  const version = newest === undefined ? 1 : isDraft ? newest.version : newest.version + 1;
  await writeFormatted(join(root, topic, `${version}.avsc`), schema);
}

async function writeFormatted(file: string, value: object): Promise<void> {
  mkdirSync(dirname(file), { recursive: true });
  const options = await resolveConfig(file);
  writeFileSync(file, await format(JSON.stringify(value, null, 2), { ...options, parser: 'json' }));
}
