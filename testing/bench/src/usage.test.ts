import { usageOf } from './usage.ts';

const mib = 2 ** 20;
const sample = (atMs: number, a: [number, number], b: [number, number]) => ({
  atMs,
  processes: [
    { name: 'a', cpuSeconds: a[0], rssBytes: a[1] * mib },
    { name: 'b', cpuSeconds: b[0], rssBytes: b[1] * mib },
  ],
});

test('usage is CPU between the first and the last sample, and the most memory of all', () => {
  const samples = [
    sample(0, [1, 100], [1, 50]),
    sample(1000, [1.1, 130], [1, 60]),
    sample(2000, [1.5, 120], [1.1, 70]),
  ];
  expect(usageOf(samples)).toEqual([
    { name: 'a', cpuSeconds: 0.5, cpuPercent: 25, firstMiB: 100, maxMiB: 130, lastMiB: 120 },
    {
      name: 'b',
      cpuSeconds: expect.closeTo(0.1) as number,
      cpuPercent: expect.closeTo(5) as number,
      firstMiB: 50,
      maxMiB: 70,
      lastMiB: 70,
    },
    {
      name: 'together',
      cpuSeconds: expect.closeTo(0.6) as number,
      cpuPercent: expect.closeTo(30) as number,
      firstMiB: 150,
      maxMiB: 190,
      lastMiB: 190,
    },
  ]);
});

test('one sample says nothing', () => {
  expect(() => usageOf([sample(0, [1, 1], [1, 1])])).toThrow('two samples');
});
