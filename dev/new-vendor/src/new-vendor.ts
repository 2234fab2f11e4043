import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const template = join(import.meta.dirname, '../template');

/** The id is part of a path, of a topic, of a file and of a TypeScript name. */
const idForm = /^[a-z][a-z0-9]{1,30}$/;
/** Names of folders of `vendors/`, and the one that heartbeats have. */
const taken = new Set(['index', 'topics', 'simulators', 'testing', 'sluice', 'heartbeat']);

/**
 * Writes a new vendor: its folder `vendors/<id>` and its line in the list. It compiles, it authenticates nobody, and it
 * keeps every record as an event of `other.v1`.
 * @param root of the checkout
 * @param name for people; the id with a capital unless given
 * @returns the files that were written, relative to the root
 * @throws {Error} one message, before anything is written
 */
export function newVendor(root: string, id: string, name = capital(id)): string[] {
  if (!idForm.test(id) || taken.has(id))
    throw new Error(
      `"${id}" cannot be the id of a vendor: 2 to 31 lower-case letters and digits, a letter first, and none of ${[...taken].join(', ')}.`,
    );
  if (!/^[\p{L}\p{N} .&-]{1,60}$/u.test(name))
    throw new Error(`"${name}" cannot be the name of a vendor: up to 60 letters, digits, spaces and .&-`);
  const folder = join(root, 'vendors', id);
  if (existsSync(folder)) throw new Error(`vendors/${id} exists already.`);
  const list = join(root, 'vendors/index.ts');
  const listed = addToList(readFileSync(list, 'utf8'), id);

  const written: string[] = [];
  for (const file of globSync('**/*.txt', { cwd: template }).sort()) {
    const path = join('vendors', id, file.replace(/\.txt$/, ''));
    const text = fillIn(readFileSync(join(template, file), 'utf8'), { id, Id: capital(id), name });
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
    written.push(path);
  }
  writeFileSync(list, listed);
  return [...written, 'vendors/index.ts'];
}

const fillIn = (text: string, values: Readonly<Record<string, string>>): string =>
  text.replaceAll(/__(id|Id|name)__/g, (whole, key: string) => values[key] ?? whole);

/** `vendors/index.ts` with one more vendor, in the order of the ids. */
function addToList(text: string, id: string): string {
  const [line = '', between = ''] = /^export const vendors = \{([^}]+)\} as const;$/m.exec(text) ?? [];
  const ids = between.split(',').flatMap((one) => one.trim() || []);
  if (line === '') throw new Error('vendors/index.ts has no line "export const vendors = { … } as const;".');
  if (ids.includes(id)) throw new Error(`vendors/index.ts has the vendor ${id} already.`);
  const all = [...ids, id].sort();
  const rest = text.replace(/^import .*\n/gm, '').trimStart();
  const imports = all.map((one) => `import { ${one} } from './${one}/vendor.ts';\n`).join('');
  return `${imports}\n${rest.replace(line, `export const vendors = { ${all.join(', ')} } as const;`)}`;
}

const capital = (id: string): string => id.slice(0, 1).toUpperCase() + id.slice(1);
