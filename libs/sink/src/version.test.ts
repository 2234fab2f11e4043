import { versionOf } from './version.ts';

test.each([
  ['a later receipt', { received_at: 1001, mapping_version: 0 }, { received_at: 1000, mapping_version: 999 }],
  ['a newer mapping', { received_at: 1000, mapping_version: 2 }, { received_at: 1000, mapping_version: 1 }],
])('%s is the higher version', (_, higher, lower) => {
  expect(versionOf(higher)).toBeGreaterThan(versionOf(lower));
});

test('stays exact for two hundred years', () => {
  const version = versionOf({ received_at: Date.UTC(2254, 0), mapping_version: 999 });
  expect(Number.isSafeInteger(version)).toBe(true);
});
