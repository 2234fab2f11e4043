import fc from 'fast-check';
import { storedTopics } from '@sluice/schemas/topics';
import type { StoreItem } from './store.ts';
import { cutBatch } from './batch.ts';
import { sampleItem } from '../testing/sample-items.ts';

const event = sampleItem('other.v1').event;

const items = fc.array(
  fc.record<StoreItem>({
    id: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
    topic: fc.constantFrom(...storedTopics.slice(0, 2)),
    event: fc.constant(event),
    version: fc.nat(3),
    bytes: fc.nat(50),
  }),
  { minLength: 1, maxLength: 30 },
);

test('a batch is the longest prefix within its bounds, each event once in its highest version', () => {
  fc.assert(
    fc.property(
      items,
      fc.integer({ min: 1, max: 6 }),
      fc.integer({ min: 1, max: 100 }),
      (waiting, maxItems, maxBytes) => {
        const batch = cutBatch(waiting, { maxItems, maxBytes });
        const written = [...batch.items.values()];
        const bytes = written.reduce((sum, item) => sum + item.bytes, 0);
        expect(batch.taken).toBeGreaterThan(0);
        expect(written.length).toBeLessThanOrEqual(maxItems);
        expect(written.length === 1 || bytes <= maxBytes).toBe(true);
        const taken = waiting.slice(0, batch.taken);
        for (const { id } of taken) {
          const copies = taken.filter((item) => item.id === id);
          const kept = written.filter((item) => item.id === id);
          expect(kept.map(({ version }) => version)).toEqual([
            Math.max(...copies.map(({ version }) => version)),
          ]);
          expect(new Set(copies.map(({ topic }) => topic)).size).toBe(1);
        }
      },
    ),
  );
});

test('what waits behind a full batch is not looked at', () => {
  let seen = 0;
  function* endless(): Generator<StoreItem> {
    for (;;) {
      seen += 1;
      yield { ...{ id: `${seen}`, topic: 'other.v1', event, version: 1, bytes: 1 } };
    }
  }
  expect(cutBatch(endless(), { maxItems: 3, maxBytes: 100 }).taken).toBe(3);
  expect(seen).toBe(4);
});
