import { sampleOf } from './metrics.ts';

const text = `# HELP process_cpu_seconds_total Total user and system CPU time spent in seconds.
# TYPE process_cpu_seconds_total counter
process_cpu_seconds_total{component="normalizer"} 1.25

sluice_records_total{topic="a b",outcome="normalized",component="normalizer"} 40
sluice_records_total{topic="raw",outcome="dead-lettered",component="normalizer"} 2
`;

test('a metric is the sum over its labels', () => {
  const sample = sampleOf(text, 7);
  expect(sample.atMs).toBe(7);
  expect(sample.cpuSeconds).toBe(1.25);
  expect(sample.sum('sluice_records_total')).toBe(42);
  expect(sample.sum('sluice_records_total', { outcome: 'normalized' })).toBe(40);
  expect(sample.sum('sluice_events_total')).toBe(0);
});
