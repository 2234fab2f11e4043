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
        const bytes = batch.items.reduce((sum, item) => sum + item.bytes, 0);
        expect(batch.taken).toBeGreaterThan(0);
        expect(batch.items.length).toBeLessThanOrEqual(maxItems);
        expect(batch.items.length === 1 || bytes <= maxBytes).toBe(true);
        const taken = waiting.slice(0, batch.taken);
        for (const { id } of taken) {
          const copies = taken.filter((item) => item.id === id);
          const kept = batch.items.filter((item) => item.id === id);
          expect(kept.map(({ version }) => version)).toEqual([
            Math.max(...copies.map(({ version }) => version)),
          ]);
          expect(new Set(copies.map(({ topic }) => topic)).size).toBe(1);
        }
      },
    ),
  );
});
