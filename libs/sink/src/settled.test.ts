import type { ConsumedRecord } from '@sluice/kafka/consumer';
import { findSettled, readOffsets, writeOffsets } from './settled.ts';

const record = (topic: string, partition: number, offset: string, timestampMs: number): ConsumedRecord => ({
  ...{ topic, partition, offset, timestampMs },
  ...{ key: null, value: Buffer.alloc(0), headers: {} },
});

test('offsets are read as they were written, and nothing else is', () => {
  const offsets = new Map([
    [0, 0n],
    [12, 9_007_199_254_740_993n],
  ]);
  expect(readOffsets(writeOffsets(offsets))).toEqual(offsets);
  expect(readOffsets(writeOffsets(new Map()))).toEqual(new Map());
  expect(readOffsets('0:1,x:2,3,:,4:-1')).toEqual(new Map([[0, 1n]]));
});

test('settled is what was written by then and stands before the offset: not a topic that was made again', async () => {
  const isSettled = await findSettled(
    {
      settled: (topic) =>
        Promise.resolve(topic === 'message.v1' ? { writtenByMs: 1_000, before: new Map([[0, 5n]]) } : null),
    },
    's',
  );
  expect(isSettled!(record('s.message.v1', 0, '4', 1_000))).toBe(true);
  expect(isSettled!(record('s.message.v1', 0, '5', 1_000))).toBe(false);
  expect(isSettled!(record('s.message.v1', 0, '4', 1_001))).toBe(false);
  expect(isSettled!(record('s.message.v1', 1, '0', 0))).toBe(false);
  expect(isSettled!(record('s.rating.v1', 0, '0', 0))).toBe(false);
  expect(await findSettled({ settled: () => Promise.resolve(null) }, 's')).toBeNull();
});
