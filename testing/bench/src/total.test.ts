import { sampleOf } from './metrics.ts';
import { totalOf } from './total.ts';

test('a total counts the processes that have begun', () => {
  const busy = sampleOf(
    'process_cpu_seconds_total 2\nsluice_records_total{topic="a"} 3\nsluice_records_total{topic="b"} 4\n',
    100,
  );
  const waiting = sampleOf('process_cpu_seconds_total 0.5\n', 101);
  expect(totalOf([busy, waiting])).toEqual({ records: 7, begun: 1, cpuSeconds: 2.5, atMs: 101 });
});
