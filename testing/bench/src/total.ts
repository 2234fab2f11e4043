import type { MetricsSample } from './metrics.ts';

/** What several processes of a worker have done together. */
export interface Total {
  readonly records: number;
  /** How many of them have finished a record. */
  readonly begun: number;
  readonly cpuSeconds: number;
  readonly atMs: number;
}

/** @param samples one for each process */
export function totalOf(samples: readonly MetricsSample[]): Total {
  const records = samples.map((sample) => sample.sum('sluice_records_total'));
  return {
    records: records.reduce((sum, one) => sum + one, 0),
    begun: records.filter((one) => one > 0).length,
    cpuSeconds: samples.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0),
    atMs: Math.max(...samples.map(({ atMs }) => atMs)),
  };
}
