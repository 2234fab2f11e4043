import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openingsOf } from './openings.ts';
import { readSources } from './read-sources.ts';
import { vendors } from '../testing/made-up-vendors.ts';

function openings(settings: string): string[] {
  const file = join(mkdtempSync(join(tmpdir(), 'sluice-openings-')), 'sources.yaml');
  const common =
    'vendor: acme, signed: true, encrypted: true, token: {current: {env: T}}, aesKey: {current: {env: K}}';
  writeFileSync(file, `sources: [{id: a, ${common}${settings}}]`);
  return openingsOf(readSources(file, { T: 'a token of Acme A', K: 'A'.repeat(43) }, vendors));
}

test.each([
  [', plaintext: accept', 'Source a accepts plaintext: '],
  [', staleTimestamps: accept', 'Source a accepts stale timestamps: '],
  [', reusedSignatures: accept', 'Source a accepts reused signatures: '],
])('%s says what it opens', (settings, beginning) => {
  expect(openings(settings)).toEqual([expect.stringContaining(beginning)]);
});

test('the defaults open nothing', () => {
  expect(openings('')).toEqual([]);
});
