import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { simulatedSources } from '@sluice/vendors/simulators';
import { developmentSources, writeSourcesFor } from '@sluice/start/development-sources';
import { addKeys, editSources, onlySources } from './source-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'sluice-faults-sources-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('a copy lists the named sources alone, as they are', async () => {
  const file = writeSourcesFor('a', folder);
  const copy = onlySources(file, [developmentSources.encrypted, developmentSources.open]);
  expect((await simulatedSources(copy)).map(({ id }) => id)).toEqual([
    developmentSources.encrypted,
    developmentSources.open,
  ]);
  expect(() => onlySources(file, ['nobody'])).toThrow('has not all of nobody');
});

test('an edit takes the place of the file', () => {
  const file = writeSourcesFor('a', folder);
  editSources(file, (text) => text.replaceAll('stream: a', 'stream: b'));
  expect(readFileSync(file, 'utf8')).toContain('stream: b');
});

test('a source gets a second key in either place, and keeps that of its vendor', async () => {
  const file = writeSourcesFor('a', folder);
  const { encrypted, otherEncrypted } = developmentSources;
  const keys = [
    { sourceId: encrypted, key: 'x'.repeat(43) },
    { sourceId: otherEncrypted, key: 'y'.repeat(16) },
  ];
  // What the simulator reads is the key at `current`.
  const keysAtCurrent = async (): Promise<Record<string, string | undefined>> =>
    Object.fromEntries((await simulatedSources(file)).map(({ id, encryptionKey }) => [id, encryptionKey]));
  const before = await keysAtCurrent();
  addKeys(
    file,
    keys.map((key) => ({ ...key, vendorsAt: 'previous' })),
  );
  expect(await keysAtCurrent()).toEqual({
    ...before,
    [encrypted]: 'x'.repeat(43),
    [otherEncrypted]: 'y'.repeat(16),
  });
  addKeys(
    file,
    keys.map((key) => ({ ...key, vendorsAt: 'current' })),
  );
  expect(await keysAtCurrent()).toEqual(before);
  expect(readFileSync(file, 'utf8').match(/aesKey: .*previous: /g)).toHaveLength(2);
  expect(() =>
    addKeys(file, [{ sourceId: developmentSources.plain, key: 'z', vendorsAt: 'current' }]),
  ).toThrow(`has no key of ${developmentSources.plain}`);
});
