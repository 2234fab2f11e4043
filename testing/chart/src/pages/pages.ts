import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../chart-folder.ts';

const folders = [
  ...['docs', 'docs/guides', 'docs/reference', 'docs/operations', 'docs/operations/runbooks'],
  ...['helm', 'helm/sluice'],
];

/** Every page that an operator reads, by its path. */
export function operatorPages(): { readonly path: string; readonly text: string }[] {
  return folders.flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((name) => name.endsWith('.md'))
      .sort()
      .map((name) => ({
        path: `${folder}/${name}`,
        text: readFileSync(join(root, folder, name), 'utf8'),
      })),
  );
}
