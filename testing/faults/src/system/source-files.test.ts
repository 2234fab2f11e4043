import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { simulatedSources } from '@sluice/vendors/simulators';
import { developmentSources, writeSourcesFor } from '@sluice/start/development-sources';
import { editSources, onlySources } from './source-files.ts';

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
