import fc from 'fast-check';
import { createReplayMemory } from './replay-memory.ts';

const keepMs = 1_000;
const clock = (start = 0) => {
  let now = start;
  return { nowMs: () => now, pass: (ms: number) => (now += ms) };
};

test('a push is repeated once it was remembered, and by the same body alone', () => {
  const memory = createReplayMemory(10, keepMs, clock().nowMs);
  expect(memory.recall('a', 's', 'body')).toBe('new');
  memory.remember('a', 's', 'body');
  expect(memory.recall('a', 's', 'body')).toBe('repeated');
  expect(memory.recall('a', 's', 'other')).toBe('reused');
  expect(memory.recall('a', 's2', 'body')).toBe('new');
  expect(memory.recall('b', 's', 'body')).toBe('new');
});

test('several bodies of one signature are each remembered', () => {
  const memory = createReplayMemory(10, keepMs, clock().nowMs);
  for (const body of ['one', 'two', 'two']) memory.remember('a', 's', body);
  expect([memory.recall('a', 's', 'one'), memory.recall('a', 's', 'two'), memory.size]).toEqual([
    'repeated',
    'repeated',
    2,
  ]);
});

test('it forgets after a while', () => {
  const { nowMs, pass } = clock();
  const memory = createReplayMemory(10, keepMs, nowMs);
  memory.remember('a', 's', 'body');
  pass(keepMs);
  expect(memory.recall('a', 's', 'body')).toBe('new');
  memory.remember('a', 's2', 'body');
  expect(memory.size).toBe(1);
});

test('it never holds more than its bound, whatever is pushed', () => {
  const push = fc.record({
    source: fc.constantFrom('a', 'b'),
    signature: fc.integer({ min: 0, max: 20 }).map(String),
    body: fc.integer({ min: 0, max: 20 }).map(String),
  });
  fc.assert(
    fc.property(fc.array(push, { maxLength: 300 }), fc.integer({ min: 1, max: 50 }), (pushes, bound) => {
      const memory = createReplayMemory(bound, keepMs, clock().nowMs);
      for (const { source, signature, body } of pushes) {
        memory.remember(source, signature, body);
        expect(memory.size).toBeLessThanOrEqual(bound);
        expect(memory.recall(source, signature, body)).toBe('repeated');
      }
    }),
  );
});
