import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadSimulatedSources } from './simulated-sources.ts';

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
  return loadSimulatedSources(write('sources.yaml', `sources:\n  - ${entry}\n`), environment);
}

test('the development sources load', () => {
  const sources = loadSimulatedSources(join(import.meta.dirname, '../../../config/sources.yaml'));
  expect(sources.map(({ id }) => id)).toEqual(['echat-demo', 'echat-plain', 'sobot-demo', 'sobot-open']);
  expect(sources.map(({ signingKey }) => signingKey !== undefined)).toEqual([true, true, true, false]);
  expect(sources.map(({ encryptionKey }) => encryptionKey !== undefined)).toEqual([true, false, true, false]);
  expect(sources.map(({ pathSecret }) => pathSecret !== undefined)).toEqual([false, false, false, true]);
});

test('secrets come from files relative to the YAML, line end cut, or from the environment', () => {
  write('token', 'abc\n');
  const entry =
    '{ id: a, vendor: echat, signed: true, encrypted: true, appIds: ["7"], token: { current: { file: token } }, aesKey: { current: { env: KEY } } }';
  expect(load(entry, { KEY: 'xyz' })).toEqual([
    expect.objectContaining({
      id: 'a',
      signingKey: 'abc',
      encryptionKey: 'xyz',
      appId: '7',
      pathSecret: undefined,
    }),
  ]);
});

test.each([
  ['{ vendor: echat }', /source 1 has no id/],
  ['{ id: a, vendor: zendesk }', /source a needs a vendor: echat or sobot/],
  ['{ id: a, vendor: echat, encrypted: false }', /source a needs signed: true or false/],
  ['{ id: a, vendor: echat, signed: true, encrypted: false }', /source a: token needs current/],
  [
    '{ id: a, vendor: echat, signed: true, encrypted: false, token: { current: { env: NO } } }',
    /source a: token: the environment variable NO is not set/,
  ],
  [
    '{ id: a, vendor: echat, signed: true, encrypted: false, token: { current: { file: no } } }',
    /source a: token cannot be read from .*no\.$/,
  ],
  [
    '{ id: a, vendor: sobot, signed: true, encrypted: false, token: { current: { env: T } } }',
    /source a is signed, so it needs companyIds/,
  ],
  [
    '{ id: a, vendor: sobot, signed: false, encrypted: false, companyIds: 5 }',
    /companyIds must be a list of texts/,
  ],
])('%s is an error', (entry, message) => {
  expect(() => load(entry, { T: 't' })).toThrow(message);
});

test('a file that is missing or lists nothing is an error', () => {
  expect(() => loadSimulatedSources(join(folder, 'none.yaml'))).toThrow(
    /^The sources file cannot be read from/,
  );
  expect(() => loadSimulatedSources(write('empty.yaml', 'other: 1\n'))).toThrow(/lists no sources\.$/);
});
