import { readShared, sharedIsThere } from './testing/shared-folder.ts';
import { testSources } from './testing/test-sources.ts';
import { samplePushes, vendorSamples } from './vendor-samples.ts';

const pages = {
  echat: 'vendor-docs/000_cc1fb5cc98ba14de.txt',
  sobot: 'vendor-docs/001_66b03430a3035ac7.txt',
};

(sharedIsThere ? describe : describe.skip)('the vendors’ pages', () => {
  test.each(vendorSamples())(
    '$vendor $name (encrypted: $encrypted) stands there verbatim',
    ({ vendor, body }) => {
      expect(readShared(pages[vendor])).toContain(body.toString('utf8'));
    },
  );

  test('every document of Echat’s page is a sample', () => {
    const documents = readShared(pages.echat).split('</xml>').length - 1;
    expect(vendorSamples().filter(({ vendor }) => vendor === 'echat')).toHaveLength(documents);
  });

  test('every document of Sobot’s page is a sample', () => {
    const documents = readShared(pages.sobot).match(/^\{$/gm) ?? [];
    const inArrays = readShared(pages.sobot).match(/\[\n\{$/gm) ?? [];
    const samples = vendorSamples().filter(({ vendor }) => vendor === 'sobot');
    expect(samples).toHaveLength(documents.length - inArrays.length);
  });
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
