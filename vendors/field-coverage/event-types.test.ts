import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalTopics } from '@sluice/schemas/topics';
import { eventTypes, withEventTypes } from './event-types.ts';

const pageFile = join(import.meta.dirname, '../../docs/guides/subscribing.md');

test('the table of event types is that of the mappings', () => {
  // When this fails: npm run generate
  const page = readFileSync(pageFile, 'utf8');
  expect(page).toBe(withEventTypes(page));
});

test('every topic has one', () => {
  expect([...new Set(eventTypes().map(({ topic }) => topic))]).toEqual(canonicalTopics);
});

test('every event type that a mapping names is made in a golden case', () => {
  const mappings = globSync('*/mapping/**/*.ts', { cwd: join(import.meta.dirname, '..') });
  const named = mappings
    .filter((path) => !path.endsWith('.test.ts'))
    .flatMap((path) => readFileSync(join(import.meta.dirname, '..', path), 'utf8').split('\n'))
    // `type: 'rating.given'`, and the list of what staff do.
    .filter((line) => /^\s+(?:type|[A-Z_]+): /.test(line))
    .flatMap((line) => [...line.matchAll(/'([a-z-]+\.[a-z-]+)'/g)].map(([, one]) => one));
  expect(named.length).toBeGreaterThan(20);
  const known = eventTypes().map(({ type }) => type);
  expect([...new Set(named)].filter((name) => !known.includes(name ?? ''))).toEqual([]);
});
