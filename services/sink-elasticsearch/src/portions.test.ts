import { canonicalTopics } from '@sluice/schemas/topics';
import { entityName } from './documents.ts';
import { inPortions } from './portions.ts';

test.each([0, 1, 6, 24, 240])('the indices of %d months fit into lines of 4 KB, each once', (months) => {
  const run = 'a-stream-with-a-long-name-rebuild-20261128104628123';
  const names = canonicalTopics.flatMap((topic) =>
    Array.from(
      { length: months },
      (_, at) => `${entityName(run, topic)}-${2000 + Math.floor(at / 12)}-${at % 12}`,
    ),
  );
  const portions = inPortions(names);
  expect(portions.flat()).toEqual(names);
  for (const portion of portions) {
    expect(portion.length).toBeGreaterThan(0);
    expect(`DELETE /${encodeURIComponent(portion.toString())} HTTP/1.1`.length).toBeLessThan(3_100);
  }
});
