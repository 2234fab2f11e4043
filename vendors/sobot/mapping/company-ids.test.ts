import type { SobotSource } from '../settings.ts';
import type { Normalized } from '@sluice/vendor-kit/mapping/normalize';
import { sourceOf, useNormalize } from '../../testing/golden-source.ts';

const records = [
  { cid: '1', companyid: 'ours' },
  { cid: '2', companyid: 'of a\nbranch' },
  { cid: '3', companyId: 'theirs' },
  { cid: '4' },
];

const normalize = useNormalize();

function normalizeAs(
  companyIds: string[],
  unlistedIds: SobotSource['unlistedIds'] = 'accept',
): { normalized: Normalized; unknown: string[] } {
  const unknown: string[] = [];
  const payload = JSON.stringify({ type: 'conversation', content: records });
  const source = { ...sourceOf('sobot'), unlistedIds, settings: { companyIds } };
  const normalized = normalize('sobot', 'conversation', payload, { source }, (kind) => unknown.push(kind));
  return { normalized, unknown: unknown.filter((kind) => kind === 'unlisted-id') };
}

test('a company id that the source does not list is counted, and its record continues', () => {
  const { normalized, unknown } = normalizeAs(['ours']);
  expect([normalized.events.length, normalized.rejected.length, unknown.length]).toEqual([4, 0, 2]);
});

test('such a record is kept apart by itself where the source says so', () => {
  const { normalized, unknown } = normalizeAs(['ours'], 'keep-apart');
  expect([normalized.events.length, unknown.length]).toEqual([2, 2]);
  expect(normalized.rejected.map(({ reason, detail }) => [reason, detail])).toEqual([
    ['UNLISTED_ID', 'The source does not list the id of?a?branch that the record names.'],
    ['UNLISTED_ID', 'The source does not list the id theirs that the record names.'],
  ]);
  const kept = normalized.rejected.map(
    ({ payload }) => (JSON.parse(payload.toString()) as { content: unknown[] }).content,
  );
  expect(kept).toEqual([[records[1]], [records[2]]]);
});

test('a source that lists no company id takes any', () => {
  const { normalized, unknown } = normalizeAs([], 'keep-apart');
  expect([normalized.events.length, unknown.length]).toEqual([4, 0]);
});
