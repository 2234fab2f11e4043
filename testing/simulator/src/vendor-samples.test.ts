import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { testSources } from './testing/test-sources.ts';
import { samplePushes, vendorSamples } from './vendor-samples.ts';

/** Of every document of the vendors' pages, in their order; made of the pages, in the form of sha256sum. */
const documents = readFileSync(join(import.meta.dirname, '../samples/SHA256SUMS'), 'utf8')
  .trimEnd()
  .split('\n');

test('the samples are the documents of the vendors’ pages: each of them, verbatim', () => {
  const samples = vendorSamples().map(({ vendor, encrypted, name, body }) => {
    const ending = vendor === 'echat' ? 'xml' : 'json';
    return `${hash('sha256', body, 'hex')}  ${vendor}/${encrypted ? 'encrypted/' : ''}${name}.${ending}`;
  });
  expect(samples.toSorted()).toEqual(documents.toSorted());
});

test('names are unique per kind, and tell the data type', () => {
  const samples = vendorSamples();
  const names = samples.map(({ vendor, encrypted, name }) => `${vendor} ${String(encrypted)} ${name}`);
  expect(new Set(names).size).toBe(names.length);
  expect(samples.find(({ name }) => name === 'crmStatus-single-field')?.dataType).toBe('crmStatus');
});

test('ciphertext samples go to encrypted sources alone, as they stand', () => {
  const source = testSources.find(({ id }) => id === 'sobot-sealed')!;
  expect(samplePushes({ ...source, encryptionKey: undefined }).filter((push) => push.presealed)).toEqual([]);
  const presealed = samplePushes(source).filter((push) => push.presealed);
  expect(presealed.map(({ dataType, records }) => [dataType, records])).toEqual([
    ['calllog', 2],
    ['user', 1],
  ]);
});
