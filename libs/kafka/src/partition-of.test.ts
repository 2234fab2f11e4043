import { partitionOf } from './partition-of.ts';

/** Hashes from Kafka's own UtilsTest.testMurmur2. The sign is taken off before the partition is chosen. */
test.each([
  ['21', -973932308],
  ['foobar', -790332482],
  ['a-little-bit-long-string', -985981536],
  ['a-little-bit-longer-string', -1486304829],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
  ['abc', 479470107],
])('%s goes to the partition that every Kafka client chooses', (key, hash) => {
  for (const partitions of [1, 2, 3, 6, 50, 1000])
    expect(partitionOf('any', Buffer.from(key), partitions)).toBe((hash & 0x7fffffff) % partitions);
});
