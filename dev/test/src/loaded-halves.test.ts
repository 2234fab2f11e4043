import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { vendors } from '@sluice/vendors';

const root = join(import.meta.dirname, '../../..');
/** `EX_CONFIG`: the service has loaded all that it imports, and found no settings. */
const withoutSettings = 78;

/** The modules of the repository that a service and one half of the vendors load, by their paths. */
function loadedBy(service: string, half: 'receiving' | 'mapping'): string[] {
  const main = pathToFileURL(join(root, 'services', service, 'src/main.ts')).href;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(import.meta.dirname, '../testing/list-loaded.ts'), main, half],
    { encoding: 'utf8', env: {}, timeout: 60_000 },
  );
  expect({ status, stderr }).toMatchObject({ status: withoutSettings });
  const base = `${pathToFileURL(root).href}/`;
  return stdout
    .split('\n')
    .filter((url) => url.startsWith(base) && !url.includes('/node_modules/'))
    .map((url) => url.slice(base.length));
}

test.each([
  ['ingress', 'receiving', 'mapping'],
  ['normalizer', 'mapping', 'receiving'],
] as const)('%s loads the %s half of every vendor, and no %s half', (service, half, otherHalf) => {
  const loaded = loadedBy(service, half);
  for (const id of Object.keys(vendors)) {
    expect(loaded).toContain(`vendors/${id}/${half}.ts`);
    const ofOther = [`vendors/${id}/${otherHalf}.ts`, `vendors/${id}/${otherHalf}/`];
    expect(loaded.filter((path) => ofOther.some((part) => path.startsWith(part)))).toEqual([]);
  }
  expect(loaded.filter((path) => path.startsWith(`libs/vendor-kit/src/${otherHalf}/`))).toEqual([]);
  expect(loaded.filter((path) => /(?:^|\/)testing(?:\/|\.ts$)/.test(path))).toEqual([]);
});
