import { get, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';

/** A process's metrics at one moment. */
export interface MetricsSample {
  readonly atMs: number;
  /** CPU time since the process's start, user and system. */
  readonly cpuSeconds: number;
  /** The sum of a metric over its labels; 0 for one that is not exposed. */
  sum(name: string): number;
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
  const sums = new Map<string, number>();
  for (const line of exposition.split('\n')) {
    const [, name, value] = /^([a-z_:][\w:]*)(?:\{.*\})? (\S+)/i.exec(line) ?? [];
    if (name !== undefined) sums.set(name, (sums.get(name) ?? 0) + Number(value));
  }
  const sum = (name: string): number => sums.get(name) ?? 0;
  return { atMs, cpuSeconds: sum('process_cpu_seconds_total'), sum };
}
