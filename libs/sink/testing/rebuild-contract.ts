import type { CanonicalTopic } from '@sluice/schemas/topics';
import { erasedMappingVersion } from '../src/erasure.ts';
import { isInScope, type RebuildScope } from '../src/rebuild-scope.ts';
import { rebuildPrefix, type RebuildTarget } from '../src/rebuild-target.ts';
import { sampleItem } from './sample-items.ts';

/** A target with what a test needs around it. */
export interface TargetUnderTest {
  /** Its tables or templates are there, and nothing is in them. */
  readonly target: RebuildTarget;
  readonly stream: string;
  /** Removes everything that the test made. */
  remove(): Promise<void>;
}

const topic: CanonicalTopic = 'message.v1';
const raw = "s.raw.'acme\\";

const start = Date.UTC(2025, 0);
const of = (source_id: string, raw_offset: number, minute: number, raw_topic = raw) =>
  sampleItem(topic, {
    ...{ source_id, raw_topic, raw_partition: 1, raw_offset },
    received_at: start + minute * 60_000,
  });

const first = of("shop'1", 4, 1);
const items = [
  first,
  of("shop'1", 5, 2),
  of("shop'1", 8, 3),
  of("shop'1", 9, 4),
  of('shop-2', 6, 5),
  of('shop-2', 7, 6, 'other'),
  // Erased: it is never made again.
  sampleItem(topic, {
    ...{ source_id: "shop'1", raw_topic: raw, raw_partition: 1, raw_offset: 5 },
    ...{ received_at: start + 7 * 60_000, mapping_version: erasedMappingVersion },
  }),
];

const range = { topic: raw, partition: 1, from: 5, to: 9, sinceMs: 0 };
const scopes: [name: string, scope: RebuildScope][] = [
  ['everything', { of: 'everything' }],
  ['nothing', { of: 'nothing' }],
  ['receipts', { of: 'receipts', sinceMs: start + 3 * 60_000 }],
  ['raw records of one source', { of: 'raw-records', sources: ["shop'1"], ranges: [range] }],
  ['raw records of both', { of: 'raw-records', sources: ["shop'1", 'shop-2'], ranges: [range] }],
  [
    'raw records received since',
    { of: 'raw-records', sources: ["shop'1"], ranges: [{ ...range, sinceMs: start + 3 * 60_000 }] },
  ],
  ['what is outside', { of: 'outside', scope: { of: 'raw-records', sources: ["shop'1"], ranges: [range] } }],
  ['outside of everything', { of: 'outside', scope: { of: 'everything' } }],
  ['another partition', { of: 'raw-records', sources: ["shop'1"], ranges: [{ ...range, partition: 0 }] }],
  ['no raw records', { of: 'raw-records', sources: ["shop'1"], ranges: [] }],
  ['no source', { of: 'raw-records', sources: [], ranges: [range] }],
];

/** The contract of `RebuildTarget`, as a Jest suite. */
export function rebuildContract(name: string, makeTarget: () => Promise<TargetUnderTest>): void {
  describe(`${name} keeps the contract of a rebuild's target`, () => {
    let subject: TargetUnderTest;
    let target: RebuildTarget;
    beforeAll(async () => {
      subject = await makeTarget();
      ({ target } = subject);
      await target.live.write(items);
    });
    afterAll(() => subject.remove());
    const outside = (scope: RebuildScope) => items.filter(({ event }) => !isInScope(scope, event.meta));

    test.each(scopes)(
      'what is outside the scope is counted, carried over and left behind: %s',
      async (_, scope) => {
        const run = `2026${scopes.findIndex(([, one]) => one === scope)}`;
        const begun = await target.begin(run, [topic]);
        expect(await target.countOutside(topic, scope)).toBe(outside(scope).length);
        await begun.copyUnchanged(topic, scope, (part) => part());
        expect(await begun.count(topic)).toBe(outside(scope).length);
        expect(await target.count(topic)).toBe(items.length);
        await begun.end();
        expect(await target.orphans()).toEqual([]);
      },
    );

    test('of an event whose newest copy is in scope, no older copy is carried over', async () => {
      const { meta } = first.event;
      const version = first.version + 1;
      const event = { ...first.event, meta: { ...meta, raw_offset: 7 } };
      await target.live.write([{ ...first, version, event }]);
      const scope: RebuildScope = { of: 'raw-records', sources: ["shop'1", 'shop-2'], ranges: [range] };
      const begun = await target.begin('30', [topic]);
      await begun.copyUnchanged(topic, scope, (part) => part());
      expect(await begun.count(topic)).toBe(outside(scope).length - 1);
      await begun.end();
      await target.live.write([{ ...first, version: version + 1 }]);
    });

    test('a swap shows what was filled, twice in a row, and writing continues', async () => {
      expect(await target.filledFromRawAt(topic)).toBeNull();
      for (const run of ['41', '42']) {
        const begun = await target.begin(run, [topic]);
        const one = sampleItem(topic, { occurred_at: null });
        await begun.store.write([one, sampleItem(topic)]);
        expect(await target.count(topic)).not.toBe(2);
        expect(await begun.changed(topic)).toBeNull();
        const fromRawAtMs = run === '41' ? start : null;
        await begun.swap(topic, fromRawAtMs);
        expect(await target.filledFromRawAt(topic)).toBe(fromRawAtMs);
        const before = new Map([
          [0, 17n],
          [11, 0n],
        ]);
        await begun.noteSettled(topic, before);
        expect(await target.live.settled(topic)).toEqual(fromRawAtMs && { writtenByMs: start, before });
        expect(await target.filledFromRawAt(topic)).toBe(fromRawAtMs);
        expect(await target.count(topic)).toBe(2);
        await target.live.write([one, sampleItem(topic, { occurred_at: Date.UTC(2024, 1) })]);
        expect(await target.count(topic)).toBe(3);
        await begun.end();
        expect(await target.count(topic)).toBe(3);
        expect(await target.orphans()).toEqual([]);
      }
    });

    test('a rebuild that did not end is an orphan until it is removed; a table in use is not an orphan', async () => {
      const begun = await target.begin('50', [topic]);
      await begun.store.write([sampleItem(topic)]);
      const name = `${rebuildPrefix(subject.stream)}50`;
      expect(await target.orphans()).toEqual([name]);
      const before = await target.count(topic);
      await target.removeOrphan(name);
      expect(await target.orphans()).toEqual([]);
      expect(await target.count(topic)).toBe(before);
      await expect(begun.swap(topic, null)).rejects.toThrow();
      expect(await target.count(topic)).toBe(before);
      await begun.end();
    });
  });
}
