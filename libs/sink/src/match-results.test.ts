import { matchResults } from './match-results.ts';
import { sampleItem } from '../testing/sample-items.ts';

const items = new Map(['a', 'b'].map((id) => [id, sampleItem('other.v1', { event_id: id })]));
const written = (id: string) => ({ id, outcome: 'written' as const });

test('results may come in any order', () => {
  expect([...matchResults(items, [written('b'), written('a')]).keys()].sort()).toEqual(['a', 'b']);
});

test.each([
  ['a missing one', ['a'], 'b has no answer'],
  ['a double one', ['a', 'b', 'a'], 'a was answered twice'],
  ['a foreign one', ['a', 'b', 'c'], 'c was not asked'],
])('%s is named', (_, ids, message) => {
  expect(() => matchResults(items, ids.map(written))).toThrow(message);
});
