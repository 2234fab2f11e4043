import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { newVendor } from './new-vendor.ts';

/** `npm run new:vendor <id> [name]`: exit code 0 when it is written, 64 for arguments that cannot be. */
const root = join(import.meta.dirname, '../../..');
const [id = '', name, ...rest] = process.argv.slice(2);

try {
  if (rest.length > 0) throw new Error('Give the id of the vendor and, in quotes, its name: nothing more.');
  const files = newVendor(root, id, name);
  for (const file of files.filter((path) => path.endsWith('.ts'))) await formatFile(join(root, file));
  process.stdout.write(`${files.join('\n')}

Next:
  1. npm run generate                     the pages and lists that are made of the vendors
  2. npx jest --selectProjects vendors    each test that fails names what is still to be written
  3. docs/guides/connect-a-vendor.md      what somebody does at the vendor, and the source
`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 64;
}

async function formatFile(file: string): Promise<void> {
  const options = { ...(await resolveConfig(file)), filepath: file };
  writeFileSync(file, await format(readFileSync(file, 'utf8'), options));
}
