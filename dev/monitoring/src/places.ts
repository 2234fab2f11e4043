import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The repository's root. */
export const root = join(import.meta.dirname, '../../..');
/** The rules that the chart and the compose file give to Prometheus. */
export const alertsFolder = join(root, 'helm/sluice/files/alerts');
/** One page for each alert. */
export const runbooksFolder = join(root, 'docs/operations/runbooks');

/** Files of a folder by how their names end, with their texts. */
export function filesOf(
  folder: string,
  ending: string,
): { readonly name: string; readonly path: string; readonly text: string }[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(ending))
    .sort()
    .map((name) => ({ name, path: join(folder, name), text: readFileSync(join(folder, name), 'utf8') }));
}
