import { readFileSync, renameSync, writeFileSync } from 'node:fs';

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
