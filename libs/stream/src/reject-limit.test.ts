import type { ConsumedRecord } from '@sluice/kafka/consumer';
import { createRejectLimit } from './reject-limit.ts';

/** Records of the sources in turn: `ab` is of a, b, a, b and so on. */
function chunk(from: number, count: number, sources = 'ab', partition = 0): ConsumedRecord[] {
  return Array.from({ length: count }, (_one, at) => ({
    topic: 't',
    partition,
    offset: String(from + at),
    key: null,
    value: null,
    headers: { 'sluice-source': Buffer.from(sources[at % sources.length] ?? '') },
    timestampMs: 0,
  }));
}
const bad = (count: number): boolean[] => Array<boolean>(count).fill(true);
const good = (count: number): boolean[] => Array<boolean>(count).fill(false);

describe('a bad deployment, which rejects what everybody sends', () => {
  test('is told beyond the limit, over chunks too, and blocks permanently', () => {
    let now = 0;
    const run = createRejectLimit(3, () => now);
    run.check(chunk(0, 2), bad(2));
    run.check(chunk(2, 1), bad(1));
    const message =
      'More than 3 consecutive records of t/0 from several sources were rejected, so the partition is blocked';
    expect(() => run.check(chunk(3, 1), bad(1))).toThrow(message);
    now += 86_400_000;
    expect(() => run.check(chunk(3, 1), bad(1))).toThrow(message);
  });

  test('is told where one source sends nearly all', () => {
    const run = createRejectLimit(500);
    run.check(chunk(0, 495, 'a'), bad(495));
    expect(() => run.check(chunk(495, 11, 'b'), bad(11))).toThrow('from several sources');
  });

  test('is read from the CloudEvents source of an event', () => {
    const run = createRejectLimit(3);
    const events = chunk(0, 4).map((record, at) => ({
      ...record,
      headers: { ce_source: Buffer.from(`/sluice/omega/s${at % 2}`) },
    }));
    expect(() => run.check(events, bad(4))).toThrow('from several sources');
  });
});

test('a chunk that comes again is counted once', () => {
  const run = createRejectLimit(3);
  run.check(chunk(0, 2), bad(2));
  run.check(chunk(0, 2), bad(2));
  run.check(chunk(2, 1), bad(1));
  expect(() => run.check(chunk(3, 1), bad(1))).toThrow();
  // And it is still told when it comes again.
  expect(() => run.check(chunk(3, 1), bad(1))).toThrow();
});

test('a good record ends the row; partitions have rows of their own', () => {
  const run = createRejectLimit(3);
  run.check(chunk(0, 3), bad(3));
  run.check(chunk(0, 3, 'ab', 1), bad(3));
  run.check(chunk(3, 4), [false, true, true, true]);
  expect(() => run.check(chunk(3, 1, 'ab', 1), bad(1))).toThrow('t/1');
});

describe('one sender of bad payloads', () => {
  test('never blocks a partition that others share, however many they are', () => {
    const run = createRejectLimit(500, () => 0);
    run.check(chunk(0, 2), good(2));
    for (let from = 2; from < 20_002; from += 200) run.check(chunk(from, 200, 'a'), bad(200));
    expect(() => run.check(chunk(20_002, 1, 'b'), good(1))).not.toThrow();
  });

  test('is no bad deployment with the odd bad record of another one', () => {
    const run = createRejectLimit(500, () => 0);
    run.check(chunk(0, 600, 'a'.repeat(100) + 'b'), bad(600));
    expect(() => run.check(chunk(600, 9, 'b'), bad(3).concat(good(6)))).not.toThrow();
  });

  test('shares the partition with a source that comes within the chunk', () => {
    const run = createRejectLimit(3, () => 0);
    expect(() => run.check(chunk(0, 6, 'aaaaab'), [...bad(5), false])).not.toThrow();
  });

  test('blocks a partition in which nobody else is for a minute, and gets the limit a minute', () => {
    let now = 0;
    const run = createRejectLimit(3, () => now);
    const message = 'all from its only source, so the partition is blocked for 60 s';
    expect(() => run.check(chunk(0, 4, 'a'), bad(4))).toThrow(message);
    now = 59_999;
    expect(() => run.check(chunk(0, 4, 'a'), bad(4))).toThrow(message);
    now = 60_000;
    run.check(chunk(0, 4, 'a'), bad(4));
    run.check(chunk(4, 3, 'a'), bad(3));
    expect(() => run.check(chunk(7, 1, 'a'), bad(1))).toThrow(message);
  });

  test('stands alone again an hour after the others were seen', () => {
    let now = 0;
    const run = createRejectLimit(3, () => now);
    run.check(chunk(0, 2), good(2));
    now = 3_600_000;
    expect(() => run.check(chunk(2, 4, 'b'), bad(4))).toThrow('all from its only source');
  });
});
