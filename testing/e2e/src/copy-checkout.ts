import { cpSync, existsSync, globSync, mkdirSync, readdirSync, readlinkSync, symlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { root } from './system.ts';

const left = new Set(['node_modules', '.git', '.nx', '.sluice', 'coverage', 'dist']);

/**
 * Copies this checkout, so that a test can change its sources. Packages from the registry are those of this checkout;
 * the workspace's own are the copy's.
 * @param folder must not exist
 */
export function copyCheckout(folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(root).filter((one) => !left.has(one)))
    cpSync(join(root, name), join(folder, name), {
      recursive: true,
      filter: (source) => !left.has(basename(source)),
    });
  const packages = join(folder, 'node_modules');
  mkdirSync(join(packages, '@sluice'), { recursive: true });
  for (const name of readdirSync(join(root, 'node_modules')))
    if (name !== '@sluice') symlinkSync(join(root, 'node_modules', name), join(packages, name));
  for (const name of readdirSync(join(root, 'node_modules/@sluice')))
    symlinkSync(readlinkSync(join(root, 'node_modules/@sluice', name)), join(packages, '@sluice', name));
  for (const own of globSync('{libs,services,sdk,dev,testing}/*/node_modules', { cwd: root }))
    if (existsSync(join(folder, own, '..'))) symlinkSync(join(root, own), join(folder, own));
}

/** Every file of a checkout but its packages, by what it holds. */
export function filesOf(folder: string): string[] {
  return globSync('**/*', {
    cwd: folder,
    withFileTypes: true,
    exclude: (entry) => left.has(entry.name),
  })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
