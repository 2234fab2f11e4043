import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { vendorSamples } from '@sluice/simulator/vendor-samples';
import { loadSimulators, simulatedSources } from '../simulators.ts';

/** Of every document of a vendor's pages, in their order; made of the pages, in the form of sha256sum. */
function documentsOf(vendor: string): string[] {
  const file = join(import.meta.dirname, `../${vendor}/simulator/samples/SHA256SUMS`);
  return readFileSync(file, 'utf8').trimEnd().split('\n');
}

test('the samples are the documents of the vendors’ pages: each of them, verbatim', async () => {
  const samples = vendorSamples(await loadSimulators());
  const vendorsWithSamples = [...new Set(samples.map(({ vendor }) => vendor))];
  expect(vendorsWithSamples.length).toBeGreaterThan(1);
  for (const vendor of vendorsWithSamples) {
    const sums = samples
      .filter((sample) => sample.vendor === vendor)
      .map(({ encrypted, name, body }) => {
        const ending = body.toString().trimStart().startsWith('{') ? 'json' : 'xml';
        return `${hash('sha256', body, 'hex')}  ${encrypted ? 'encrypted/' : ''}${name}.${ending}`;
      });
    expect(sums.toSorted()).toEqual(documentsOf(vendor).toSorted());
  }
});

test('names are unique per kind, and tell the data type', async () => {
  const samples = vendorSamples(await loadSimulators());
  const names = samples.map(({ vendor, encrypted, name }) => `${vendor} ${String(encrypted)} ${name}`);
  expect(new Set(names).size).toBe(names.length);
  expect(samples.find(({ name }) => name === 'crmStatus-single-field')?.dataType).toBe('crmStatus');
});

test('the development sources load, with every form of protection among them', async () => {
  const sources = await simulatedSources(join(import.meta.dirname, '../../config/sources.yaml'));
  for (const part of ['signingKey', 'encryptionKey', 'pathSecret'] as const) {
    expect(sources.some((source) => source[part] !== undefined)).toBe(true);
    expect(sources.some((source) => source[part] === undefined)).toBe(true);
  }
});
