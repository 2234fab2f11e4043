import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { catalogue, labels } from './catalogue.ts';
import { renderPage } from './render-page.ts';

test('docs/reference/metrics.md is made of the catalogue', () => {
  const page = readFileSync(join(import.meta.dirname, '../../../docs/reference/metrics.md'), 'utf8');
  expect(page === renderPage() ? 'as made' : 'run "npm run generate"').toBe('as made');
});

test('every label is of a metric, or of all', () => {
  const used = new Set<string>(Object.values(catalogue).flatMap((metric) => [...metric.labels]));
  expect([...used, 'component'].sort()).toEqual(Object.keys(labels).sort());
});
