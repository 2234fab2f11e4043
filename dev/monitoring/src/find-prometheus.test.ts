import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findPrometheus } from './find-prometheus.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'sluice-prometheus-'))));
afterEach(() => rmSync(folder, { recursive: true }));

test('what is on PATH is used', () => {
  for (const name of ['prometheus', 'promtool']) {
    writeFileSync(join(folder, name), '');
    chmodSync(join(folder, name), 0o755);
  }
  expect(findPrometheus({ PATH: folder })).toEqual({
    outcome: 'there',
    prometheus: join(folder, 'prometheus'),
    promtool: join(folder, 'promtool'),
  });
});

test('a machine without it, and without packages, is told what to do; nothing stays in its cache', () => {
  const cache = join(folder, 'cache');
  const found = findPrometheus({ PATH: folder, SLUICE_DEV_CACHE: cache });
  expect(found).toEqual({
    outcome: 'absent',
    reason: expect.stringMatching(
      /^There is no Prometheus on PATH, .*: install Prometheus, so that .*\.$/,
    ) as string,
  });
  expect(readdirSync(cache)).toEqual([]);
});
