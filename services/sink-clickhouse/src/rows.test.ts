import { storedTopics } from '@sluice/schemas/topics';
import { sampleItem } from '@sluice/sink/testing/sample-items';
import fc from 'fast-check';
import { columnsOf } from './columns.ts';
import { deduplicationToken, rowOf, splitByMonths } from './rows.ts';

test.each(storedTopics)('%s: a row has a value for each column and no other', (topic) => {
  const item = sampleItem(topic);
  const values = JSON.parse(
    rowOf({ ...item, event: Object.assign({ of_a_newer_schema: 1 }, item.event) }),
  ) as [];
  const columns = columnsOf(topic).map(({ name }) => name);
  expect(values).toHaveLength(columns.length);
  expect(Object.fromEntries(columns.map((name, index) => [name, values[index]]))).toMatchObject({
    event_id: item.id,
    version: item.version,
    source_id: item.event.meta.source_id,
  });
  expect(rowOf({ ...item, id: 'another' })).toContain('"another"');
});

test('the token is that of the events and versions, not of their order', () => {
  const [a, b] = [sampleItem('rating.v1'), sampleItem('rating.v1')];
  const token = deduplicationToken('rating', [a, b]);
  expect(deduplicationToken('rating', [b, a])).toBe(token);
  expect(deduplicationToken('rating', [a])).not.toBe(token);
  expect(deduplicationToken('rating', [a, { ...b, version: b.version + 1 }])).not.toBe(token);
  expect(deduplicationToken('message', [a, b])).not.toBe(token);
});

test('parts hold every item once, and no more months than allowed', () => {
  fc.assert(
    fc.property(
      fc.array(fc.option(fc.integer({ min: 0, max: 40 })), { maxLength: 60 }),
      fc.integer({ min: 1, max: 10 }),
      (months, maxMonths) => {
        const items = months.map((month) =>
          sampleItem('other.v1', {
            occurred_at: month === null ? null : Date.UTC(2020, month, 15),
            received_at: Date.UTC(2021, 8),
          }),
        );
        const parts = splitByMonths(items, maxMonths);
        expect(
          parts
            .flat()
            .map(({ id }) => id)
            .sort(),
        ).toEqual(items.map(({ id }) => id).sort());
        for (const part of parts) {
          const found = new Set(part.map(({ event }) => event.meta.occurred_at));
          expect(found.size).toBeLessThanOrEqual(maxMonths);
        }
        expect(parts.length).toBe(Math.ceil(new Set(months).size / maxMonths));
      },
    ),
    { numRuns: 50 },
  );
});
