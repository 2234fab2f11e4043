import type { SobotSource } from '@sluice/sources/source';
import { normalize, type Normalized } from './normalize.ts';
import { rawHeadersOf, sourceOf } from './testing/golden-source.ts';

const records = [
  { cid: '1', companyid: 'ours' },
  { cid: '2', companyid: 'of a\nbranch' },
  { cid: '3', companyId: 'theirs' },
  { cid: '4' },
];

function normalizeAs(change: Partial<SobotSource>): { normalized: Normalized; unknown: string[] } {
  const unknown: string[] = [];
  const normalized = normalize(
    {
      payload: Buffer.from(JSON.stringify({ type: 'conversation', content: records })),
      headers: rawHeadersOf('sobot', 'conversation'),
      position: { topic: 'raw', partition: 0, offset: '0' },
      source: { ...(sourceOf('sobot') as SobotSource), ...change },
    },
    (kind) => unknown.push(kind),
  );
  return { normalized, unknown: unknown.filter((kind) => kind === 'company-id') };
}

test('a company id that the source does not list is counted, and its record goes on', () => {
  const { normalized, unknown } = normalizeAs({ companyIds: ['ours'] });
  expect([normalized.events.length, normalized.rejected.length, unknown.length]).toEqual([4, 0, 2]);
});

test('such a record is kept apart by itself where the source says so', () => {
  const { normalized, unknown } = normalizeAs({ companyIds: ['ours'], foreignIds: 'keep-apart' });
  expect([normalized.events.length, unknown.length]).toEqual([2, 2]);
  expect(normalized.rejected.map(({ reason, detail }) => [reason, detail])).toEqual([
    ['FOREIGN_ID', 'The source does not list the company id of?a?branch.'],
    ['FOREIGN_ID', 'The source does not list the company id theirs.'],
  ]);
  const kept = normalized.rejected.map(
    ({ payload }) => (JSON.parse(payload.toString()) as { content: unknown[] }).content,
  );
  expect(kept).toEqual([[records[1]], [records[2]]]);
});

test('a source that lists no company id takes any', () => {
  const { normalized, unknown } = normalizeAs({ companyIds: [], foreignIds: 'keep-apart' });
  expect([normalized.events.length, unknown.length]).toEqual([4, 0]);
});
