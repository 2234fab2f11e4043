import { hash } from 'node:crypto';
import fc from 'fast-check';
import { createReplayCache, pushPrintOf } from './replay-cache.ts';

const keepMs = 1_000;
const clock = (start = 0) => {
  let now = start;
  return { nowMs: () => now, pass: (ms: number) => (now += ms) };
};
const print = (signature: string, body: string) =>
  pushPrintOf(hash('sha1', signature, 'hex'), hash('sha256', body, 'buffer'));

test('a push is repeated once it was remembered, and by the same body alone', () => {
  const cache = createReplayCache(100, clock().nowMs);
  expect(cache.lookUp('a', print('s', 'body'))).toBe('new');
  cache.add('a', print('s', 'body'), keepMs);
  expect(cache.lookUp('a', print('s', 'body'))).toBe('repeated');
  expect(cache.lookUp('a', print('s', 'other'))).toBe('reused');
  expect(cache.lookUp('a', print('s2', 'body'))).toBe('new');
  expect(cache.lookUp('b', print('s', 'body'))).toBe('new');
});

test('several bodies of one signature are each remembered', () => {
  const cache = createReplayCache(100, clock().nowMs);
  for (const body of ['one', 'two', 'two']) cache.add('a', print('s', body), keepMs);
  expect([cache.lookUp('a', print('s', 'one')), cache.lookUp('a', print('s', 'two')), cache.size]).toEqual([
    'repeated',
    'repeated',
    2,
  ]);
});

test('it remembers for as long as it is told, and forgets an eighth later', () => {
  const { nowMs, pass } = clock();
  const cache = createReplayCache(100, nowMs);
  cache.add('a', print('s', 'body'), keepMs);
  pass(124);
  cache.add('a', print('s2', 'body'), keepMs);
  pass(keepMs);
  expect(cache.lookUp('a', print('s2', 'body'))).toBe('repeated');
  pass(1);
  expect(cache.lookUp('a', print('s2', 'body'))).toBe('new');
  cache.add('b', print('s', 'body'), keepMs);
  expect(cache.size).toBe(1);
});

test('it never holds more than its bound, whatever is pushed', () => {
  const push = fc.record({
    source: fc.constantFrom('a', 'b'),
    signature: fc.integer({ min: 0, max: 20 }).map(String),
    body: fc.integer({ min: 0, max: 20 }).map(String),
  });
  fc.assert(
    fc.property(fc.array(push, { maxLength: 300 }), fc.integer({ min: 1, max: 50 }), (pushes, bound) => {
      const cache = createReplayCache(bound, clock().nowMs);
      for (const { source, signature, body } of pushes) {
        cache.add(source, print(signature, body), keepMs);
        expect(cache.size).toBeLessThanOrEqual(bound);
        expect(cache.lookUp(source, print(signature, body))).toBe('repeated');
      }
    }),
  );
});

test('what does not fit is forgotten of the source that has the most', () => {
  const cache = createReplayCache(1_600, clock().nowMs);
  const of = (count: number) => Array.from({ length: count }, (_, at) => print(String(at), 'body'));
  for (const one of of(700)) cache.add('quiet', one, keepMs);
  for (const one of of(20_000)) cache.add('flood', one, keepMs);
  expect(of(700).every((one) => cache.lookUp('quiet', one) === 'repeated')).toBe(true);
  expect(cache.lookUp('flood', print('19999', 'body'))).toBe('repeated');
  expect(cache.lookUp('flood', print('0', 'body'))).toBe('new');
});

test('it remembers as an array of all pushes does', () => {
  const cache = createReplayCache(1_000_000, clock().nowMs);
  for (let at = 0; at < 20_000; at += 1) cache.add('a', print(String(at), String(at % 3)), keepMs);
  for (let at = 0; at < 20_000; at += 1) {
    expect(cache.lookUp('a', print(String(at), String(at % 3)))).toBe('repeated');
    expect(cache.lookUp('a', print(String(at), 'other'))).toBe('reused');
    expect(cache.lookUp('a', print(String(-1 - at), '0'))).toBe('new');
  }
});

test('a signature with ever more bodies takes no more place and time than some', () => {
  const cache = createReplayCache(1_000_000, clock().nowMs);
  for (let at = 0; at < 20_000; at += 1) cache.add('a', print('s', String(at)), keepMs);
  expect(cache.size).toBeLessThanOrEqual(64);
  expect(cache.lookUp('a', print('s', '0'))).toBe('repeated');
  expect(cache.lookUp('a', print('s', '19999'))).toBe('reused');
});
