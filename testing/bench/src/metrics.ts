import { get, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';

/** A process's metrics at one moment. */
export interface MetricsSample {
  readonly atMs: number;
  /** CPU time since the process's start, user and system. */
  readonly cpuSeconds: number;
  /** The sum of a metric over its labels, or over those series that have these labels; 0 for one that is not exposed. */
  sum(name: string, labels?: Readonly<Record<string, string>>): number;
}

/** Reads a service's `/metrics`, over a connection of its own: one kept from a busy time may have been closed. */
export async function readMetrics(opsPort: number): Promise<MetricsSample> {
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    get({ host: '127.0.0.1', port: opsPort, path: '/metrics', agent: false }, resolve).once('error', reject);
  });
  const body = await text(answer);
  if (answer.statusCode !== 200)
    throw new Error(`The metrics on port ${opsPort} were answered with ${answer.statusCode ?? 'nothing'}.`);
  return sampleOf(body, performance.now());
}

/** @param exposition Prometheus's text format */
export function sampleOf(exposition: string, atMs: number): MetricsSample {
  const series = exposition.split('\n').flatMap((line) => {
    const [, name, labels = '', value] = /^([a-z_:][\w:]*)(?:\{(.*)\})? (\S+)/i.exec(line) ?? [];
    return name === undefined ? [] : [{ name, labels, value: Number(value) }];
  });
  const sum = (name: string, labels: Readonly<Record<string, string>> = {}): number => {
    const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
    return series
      .filter((one) => one.name === name && wanted.every((label) => one.labels.includes(label)))
      .reduce((total, { value }) => total + value, 0);
  };
  return { atMs, cpuSeconds: sum('process_cpu_seconds_total'), sum };
}
