import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadSimulatedSources, readIds } from './simulated-sources.ts';
import { testVendors } from './testing/test-vendors.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sources-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

function load(entry: string, environment = {}) {
  return loadSimulatedSources(write('sources.yaml', `sources:\n  - ${entry}\n`), testVendors, environment);
}

test('secrets come from files relative to the YAML, line end cut, or from the environment', () => {
  write('token', 'abc\n');
  const entry =
    '{ id: a, vendor: wordy, signed: true, encrypted: true, account: b, token: { current: { file: token } }, aesKey: { current: { env: KEY } } }';
  expect(load(entry, { KEY: 'xyz' })).toEqual([
    expect.objectContaining({
      id: 'a',
      signingKey: 'abc',
      encryptionKey: 'xyz',
      settings: { account: 'b' },
      pathSecret: undefined,
    }),
  ]);
});

test.each([
  ['{ vendor: wordy }', /source 1 has no id/],
  ['{ id: a, vendor: other }', /source a needs a vendor: one of wordy, silent/],
  ['{ id: a, vendor: wordy, encrypted: false }', /source a needs signed: true or false/],
  ['{ id: a, vendor: wordy, signed: true, encrypted: false }', /source a: token needs current/],
  [
    '{ id: a, vendor: wordy, signed: true, encrypted: false, token: { current: { env: NO } } }',
    /source a: token: the environment variable NO is not set/,
  ],
  [
    '{ id: a, vendor: wordy, signed: true, encrypted: false, token: { current: { file: no } } }',
    /source a: token cannot be read from .*no\.$/,
  ],
  [
    '{ id: a, vendor: silent, signed: false, encrypted: false, account: none }',
    /source a needs an account\.$/,
  ],
])('%s is an error', (entry, message) => {
  expect(() => load(entry, { T: 't' })).toThrow(message);
});

test('ids are a list of texts, or none', () => {
  expect([readIds({ ids: ['1'] }, 'ids'), readIds({}, 'ids')]).toEqual([['1'], []]);
  expect(() => readIds({ ids: 5 }, 'ids')).toThrow('has ids that are no list of texts.');
});

test('a file that is missing or lists nothing is an error', () => {
  expect(() => loadSimulatedSources(join(folder, 'none.yaml'), testVendors)).toThrow(
    /^The sources file cannot be read from/,
  );
  expect(() => loadSimulatedSources(write('empty.yaml', 'other: 1\n'), testVendors)).toThrow(
    /lists no sources\.$/,
  );
});
