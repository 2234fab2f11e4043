import { keptPushes, pushKinds, type RecentPush } from '@sluice/raw-event/recent-pushes';
import { createPushMemory, type PushMemory } from './recent-pushes.ts';

let ids: string[];
let memory: PushMemory;
beforeEach(() => {
  ids = ['shop', 'other'];
  memory = createPushMemory(
    () => ids,
    () => 7,
  );
});

let count = 0;
const push = (change: Partial<RecentPush> = {}): RecentPush => {
  count += 1;
  return {
    atMs: count,
    requestId: `request ${count}`,
    source: 'shop',
    address: '203.0.113.7',
    kind: 'refused',
    outcome: 'refused',
    status: 401,
    reason: 'signature',
    deadLetters: [],
    ...change,
  };
};
const found = (query: Record<string, string> = {}): readonly RecentPush[] => {
  const answer = memory.answer(new URLSearchParams(query));
  if (typeof answer === 'string') throw new Error(answer);
  return answer.pushes;
};

test('it lists the newest first, by source, kind and request', () => {
  const pushes = [
    push(),
    push({ source: 'other' }),
    push({ source: null, reason: 'unknown-path' }),
    push({ kind: 'acknowledged', reason: null }),
  ];
  for (const one of pushes) memory.note(one);
  expect(memory.answer(new URLSearchParams())).toEqual({ sinceMs: 7, pushes: pushes.toReversed() });
  expect(found({ source: 'shop' })).toEqual([pushes[3], pushes[0]]);
  expect(found({ source: '' })).toEqual([pushes[2]]);
  expect(found({ source: 'shop', kind: 'refused' })).toEqual([pushes[0]]);
  expect(found({ request: pushes[1]!.requestId })).toEqual([pushes[1]]);
  expect(found({ request: 'another' })).toEqual([]);
});

test.each(pushKinds)('what strangers send pushes out nothing but what is %s too', (kind) => {
  const others = pushKinds.filter((one) => one !== kind).map((one) => push({ kind: one }));
  for (const one of others) memory.note(one);
  const many = Array.from({ length: 3 * keptPushes + 1 }, () => push({ kind }));
  for (const one of many) memory.note(one);
  expect(found({ kind })).toEqual(many.slice(-keptPushes).reverse());
  expect(found()).toHaveLength(keptPushes + others.length);
});

test('a source that is removed is forgotten, so that the memory is bounded by the sources', () => {
  memory.note(push());
  ids = ['other'];
  memory.note(push({ source: 'other' }));
  ids = ['shop', 'other'];
  expect(found().map(({ source }) => source)).toEqual(['other']);
});

test.each([
  [{ source: 'nobody' }, 'There is no source "nobody": there are shop, other.'],
  [{ kind: 'refuse' }, 'There is no kind "refuse": there are acknowledged, dead-lettered, refused, failed.'],
  [{ sorce: 'shop' }, 'There is no parameter "sorce": there are source, kind and request.'],
])('a misspelt query, as %j, is answered with what there is', (query: Record<string, string>, message) => {
  expect(memory.answer(new URLSearchParams(query))).toBe(message);
});
