import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { filesOf, alertsFolder } from './places.ts';
import { writeShortenedRules } from './shortened-rules.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'sluice-rules-'))));
afterEach(() => rmSync(folder, { recursive: true }));

test('durations of the named alerts are shorter, and nothing else is changed', () => {
  writeShortenedRules(folder, ['SluiceVendorSilent'], { '1800': '60', '3d': '4m', '10m': '1m' });
  expect(filesOf(folder, '.yaml').map(({ name }) => name)).toEqual(
    filesOf(alertsFolder, '.yaml').map(({ name }) => name),
  );
  const rules = (
    JSON.parse(readFileSync(join(folder, 'ingress.yaml'), 'utf8')) as {
      groups: { rules: { alert?: string; expr: string; for?: string }[] }[];
    }
  ).groups.flatMap((group) => group.rules);
  const silent = rules.find(({ alert }) => alert === 'SluiceVendorSilent');
  expect(silent?.for).toBe('1m');
  expect(silent?.expr).toMatch(/> 60\n[^]*\[30m\] offset 1w\)\) > 10\n[^]*offset 4m\)\n[^]*\[4m\]/);
  expect(rules.find(({ alert }) => alert === 'SluicePreviousKeyUnused')?.expr).toContain('offset 3d');
});

test.each<[string[], Record<string, string>, string]>([
  [['SluiceVendorSilent', 'SluiceNothing'], { '3d': '4m' }, 'SluiceNothing'],
  [['SluiceVendorSilent'], { '3d': '4m', '9d': '4m' }, '9d'],
])('%j, %j: what is not there is told', (alerts, durations, what) => {
  expect(() => writeShortenedRules(folder, alerts, durations)).toThrow(`The rules have no ${what}.`);
});
