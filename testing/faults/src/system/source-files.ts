import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A copy of a sources file that lists some of its sources: what a sender of their pushes alone is given. */
export function onlySources(sourcesFile: string, ids: readonly string[]): string {
  const [head = '', ...entries] = readFileSync(sourcesFile, 'utf8').split(/^(?= {2}- id: )/m);
  const kept = entries.filter((entry) => ids.some((id) => entry.startsWith(`  - id: ${id}\n`)));
  if (kept.length !== ids.length) throw new Error(`${sourcesFile} has not all of ${ids.join(', ')}.`);
  const file = sourcesFile.replace(/\.yaml$/, `-${ids.join('-')}.yaml`);
  writeFileSync(file, head + kept.join(''));
  return file;
}

/** Edits a sources file in one step: who reads it finds the old one or the new one. */
export function editSources(sourcesFile: string, change: (text: string) => string): void {
  const next = `${sourcesFile}.next`;
  writeFileSync(next, change(readFileSync(sourcesFile, 'utf8')));
  renameSync(next, sourcesFile);
}

/** Another key of a source that encrypts, and where the one goes that its vendor uses: the other is in the other place. */
export interface SecondKey {
  readonly sourceId: string;
  readonly key: string;
  readonly vendorsAt: 'current' | 'previous';
}

/** Gives sources a second key, in one step, as while keys are changed. @throws when a source has no key */
export function addKeys(sourcesFile: string, keys: readonly SecondKey[]): void {
  for (const { sourceId, key } of keys) writeFileSync(fileOf(sourcesFile, sourceId), key);
  editSources(sourcesFile, (text) => {
    const entries = text.split(/^(?= {2}- id: )/m);
    for (const { sourceId, vendorsAt } of keys) {
      const at = entries.findIndex((entry) => entry.startsWith(`  - id: ${sourceId}\n`));
      const second = fileOf(sourcesFile, sourceId);
      const line = /^ {4}aesKey: .*$/m.exec(entries[at] ?? '')?.[0] ?? '';
      const vendors = [...line.matchAll(/file: (\S+)/g)]
        .map(([, file]) => file)
        .find((file) => file !== second);
      if (vendors === undefined) throw new Error(`${sourcesFile} has no key of ${sourceId}.`);
      const [current, previous] = vendorsAt === 'current' ? [vendors, second] : [second, vendors];
      const both = `    aesKey: { current: { file: ${current} }, previous: { file: ${previous} } }`;
      entries[at] = (entries[at] ?? '').replace(line, both);
    }
    return entries.join('');
  });
}

const fileOf = (sourcesFile: string, sourceId: string): string =>
  join(dirname(sourcesFile), `${sourceId}-second-key`);
