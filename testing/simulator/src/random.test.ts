import fc from 'fast-check';
import { seededRandom } from './random.ts';

test('the same seed gives the same sequence, another seed another one', () => {
  const draw = (seed: string) => seededRandom(seed).bytes(64).toString('hex');
  expect(draw('a')).toBe(draw('a'));
  expect(draw('a')).not.toBe(draw('b'));
});

test('integers keep to their range and reach both ends', () => {
  fc.assert(
    fc.property(
      fc.string(),
      fc.integer({ min: -50, max: 50 }),
      fc.integer({ min: 0, max: 3 }),
      (seed, from, span) => {
        const random = seededRandom(seed);
        const drawn = new Set(Array.from({ length: 400 }, () => random.integer(from, from + span)));
        expect([...drawn].sort((a, b) => a - b)).toEqual(
          Array.from({ length: span + 1 }, (_, i) => from + i),
        );
      },
    ),
  );
});

test('digits have the asked length and no leading zero', () => {
  const random = seededRandom('digits');
  for (let round = 0; round < 200; round += 1) expect(random.digits(6)).toMatch(/^[1-9]\d{5}$/);
});

test('an empty list is an error', () => {
  expect(() => seededRandom('x').pick([])).toThrow(RangeError);
});
