import fc from 'fast-check';
import { backoffMs } from './backoff.ts';
import { takeChunk } from './take-chunk.ts';

const records = fc.array(fc.integer({ min: 0, max: 50 }).map((size) => ({ value: Buffer.alloc(size) })));

test('chunks add up to the records, in order, within the bounds', () => {
  fc.assert(
    fc.property(
      records,
      fc.integer({ min: 1, max: 10 }),
      fc.integer({ min: 1, max: 100 }),
      (all, maxRecords, maxBytes) => {
        const chunks: { value: Buffer }[][] = [];
        for (let at = 0; at < all.length; at += chunks.at(-1)?.length ?? 0)
          chunks.push(takeChunk(all, at, { maxRecords, maxBytes }));
        expect(chunks.flat()).toEqual(all);
        for (const chunk of chunks) {
          const bytes = chunk.reduce((sum, { value }) => sum + value.length, 0);
          expect(chunk.length).toBeGreaterThan(0);
          expect(chunk.length).toBeLessThanOrEqual(maxRecords);
          expect(bytes <= maxBytes || chunk.length === 1).toBe(true);
        }
      },
    ),
  );
});

test.each([
  [1, 0, 100],
  [1, 1, 200],
  [4, 0, 800],
  [50, 1, 15_000],
])('attempt %i with random %d waits %i ms', (attempt, random, expected) => {
  expect(backoffMs(attempt, random)).toBe(expected);
});
