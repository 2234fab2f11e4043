import { issueIdentifiers } from './identifiers.ts';

function issue(seed: string, run: string) {
  const identifiers = issueIdentifiers(seed, run);
  return Array.from({ length: 1000 }, () => [identifiers.number(), identifiers.hex()]).flat();
}

test('ids are unique within a run and between runs', () => {
  const all = [...issue('1', 'a'), ...issue('1', 'b'), ...issue('2', 'a')];
  expect(new Set(all).size).toBe(all.length);
});

test('the same run issues the same ids', () => {
  expect(issue('1', 'a')).toEqual(issue('1', 'a'));
});

test('ids look like the vendors’', () => {
  const identifiers = issueIdentifiers('1', 'a');
  expect(identifiers.number()).toMatch(/^[1-9]\d{8,14}$/);
  expect(identifiers.hex()).toMatch(/^[0-9a-f]{32}$/);
});

test('each kind of conversation has a counter of its own', () => {
  const identifiers = issueIdentifiers('1', 'a');
  const numbers = ['1', '3', '1', '5'].map((type) => identifiers.chatNumber(type));
  expect(numbers[1]).toBe(numbers[0]);
  expect(numbers[3]).toBe(numbers[0]);
  expect(numbers[2]).not.toBe(numbers[0]);
});
