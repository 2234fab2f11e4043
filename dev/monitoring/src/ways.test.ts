import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readFirings } from './firings.ts';
import { root } from './places.ts';
import { readRules } from './read-rules.ts';
import { waysPages } from './ways-pages.ts';
import { ways } from './ways.ts';

const alerts = [...new Set(readRules().flatMap(({ alert }) => alert ?? []))].sort();

test('every alert says of a way in which data stops, and no way names an alert that there is not', () => {
  expect([...new Set(ways.flatMap((way) => way.alerts))].sort()).toEqual(alerts);
});

test('no way is there twice', () => {
  for (const key of ['id', 'en', 'zh'] as const)
    expect(new Set(ways.map((way) => way[key])).size).toBe(ways.length);
});

test.each(ways)(
  '$en: its tests are there, and one of them tries its first alert',
  ({ alerts: named, tests }) => {
    expect(tests.filter((path) => !existsSync(join(root, path)))).toEqual([]);
    const texts = tests.map((path) => readFileSync(join(root, path), 'utf8'));
    expect(texts.some((text) => text.includes(`alertname: ${named[0]}`))).toBe(true);
  },
);

test('what was seen firing is a way of the table, by an alert of its own, within ten minutes', () => {
  for (const [id, { alert, seconds }] of Object.entries(readFirings().firings)) {
    expect(ways.find((way) => way.id === id)?.alerts).toContain(alert);
    expect(seconds).toBeLessThanOrEqual(600);
  }
});

test.each([...waysPages()])('%s is as "npm run generate" writes it', (path, text) => {
  expect(readFileSync(join(root, path), 'utf8')).toBe(text);
});
