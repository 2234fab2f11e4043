import { join } from 'node:path';
import { runSluice } from '../../testing/run-sluice.ts';
import { productionPackages } from './production-packages.ts';

jest.setTimeout(20_000);

const packages = productionPackages(join(import.meta.dirname, '../../../../package-lock.json'));

test('sluice sbom lists what the lock file has for production, and nothing for development', async () => {
  const { code, stdout } = await runSluice(['sbom']);
  expect(code).toBe(0);
  const bill = JSON.parse(stdout) as { bomFormat: string; components: { purl: string }[] };
  expect(bill.bomFormat).toBe('CycloneDX');
  expect(bill.components.map(({ purl }) => purl)).toEqual(
    packages.map(({ name, version }) => `pkg:npm/${name.replace('@', '%40')}@${version}`),
  );
  const names = packages.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(['kafkajs', 'express', '@clickhouse/client', 'side-channel']));
  expect(names).not.toEqual(expect.arrayContaining(['jest']));
  expect(names).not.toEqual(expect.arrayContaining(['typescript']));
});

test('every package has a version, a licence and a hash', () => {
  expect(packages.filter(({ version }) => !/^\d+\.\d+\.\d+/.test(version))).toEqual([]);
  expect(packages.filter(({ license }) => license === '')).toEqual([]);
  expect(packages.filter(({ integrity }) => !/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity))).toEqual([]);
});

/** What may be linked into a product that is licensed under Apache-2.0, and asks for no more than its notice. */
const permitted = new Set(['MIT', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD', 'Apache-2.0']);

test.each(packages)('$name@$version is under a licence that is permitted: $license', ({ license }) => {
  expect(permitted).toContain(license);
});
