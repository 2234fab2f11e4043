import { middleOf } from './middle-of.ts';

test('of several measurements the middle one counts, of an even number the lower one', () => {
  const rows = [30, 10, 20].map((rate) => ({ rate }));
  expect(middleOf(rows, 'rate')).toEqual({ rate: 20 });
  expect(middleOf(rows.slice(0, 2), 'rate')).toEqual({ rate: 10 });
  expect(() => middleOf([], 'rate')).toThrow('Nothing was measured.');
});
