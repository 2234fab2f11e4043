import { isLess } from './collect.ts';

type Left = readonly [normalizer: number, clickhouse: number, elasticsearch: number];

const left = ([normalizer, clickhouse, elasticsearch]: Left) => ({ normalizer, clickhouse, elasticsearch });

test.each<[string, Left, Left, boolean]>([
  ['the normalizer has less, though it has filled the topics of the sinks', [9, 500, 700], [10, 5, 7], true],
  ['nobody has less', [10, 5, 7], [10, 5, 7], false],
  ['a sink has less', [0, 500, 699], [0, 500, 700], true],
  ['one sink has less, and another one as much more', [0, 499, 701], [0, 500, 700], false],
  ['the sinks have less, and the normalizer has more', [1, 0, 0], [0, 500, 700], false],
])('%s', (_what, now, least, isLessNow) => {
  expect(isLess(left(now), left(least))).toBe(isLessNow);
});
