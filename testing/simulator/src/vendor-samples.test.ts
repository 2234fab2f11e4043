import { testSources } from './testing/test-sources.ts';
import { testVendors } from './testing/test-vendors.ts';
import { samplePushes, vendorSamples } from './vendor-samples.ts';

test('the samples of all vendors are there, each with its vendor', () => {
  const named = vendorSamples(testVendors).map(({ vendor, encrypted, name }) => [vendor, encrypted, name]);
  expect(named).toEqual([
    ['wordy', false, 'opened-page'],
    ['wordy', true, 'opened-page'],
    ['silent', false, 'opened-page'],
    ['silent', true, 'opened-page'],
  ]);
});

test('ciphertext samples go to encrypted sources alone, as they stand', () => {
  const source = testSources.find(({ id }) => id === 'wordy-sealed')!;
  expect(samplePushes({ ...source, encryptionKey: undefined }).filter((push) => push.presealed)).toEqual([]);
  const presealed = samplePushes(source).filter((push) => push.presealed);
  expect(presealed.map(({ dataType, records, text }) => [dataType, records, text])).toEqual([
    ['opened', 2, 'a ciphertext'],
  ]);
});
