import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { catalogue, type LabelsOf, type MetricName, type NamesOf } from './catalogue.ts';

/** The metrics of one process. */
export interface Telemetry {
  count<N extends NamesOf<'counter'>>(name: N, labels: LabelsOf<N>, by?: number): void;
  set<N extends NamesOf<'gauge'>>(name: N, labels: LabelsOf<N>, value: number): void;
  observe<N extends NamesOf<'histogram'>>(name: N, labels: LabelsOf<N>, value: number): void;
  /** Read when scraped, instead of set. */
  gauge(name: NamesOf<'gauge'>, read: () => number): void;
  /** In Prometheus's text format. */
  text(): Promise<string>;
  readonly contentType: string;
}

/** @param service name of the process, the label `service` of every metric */
export function createTelemetry(service: string): Telemetry {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });
  const counters = new Map<MetricName, Counter>();
  const gauges = new Map<MetricName, Gauge>();
  const histograms = new Map<MetricName, Histogram>();
  const readers = new Map<MetricName, () => number>();

  for (const [key, metric] of Object.entries(catalogue)) {
    const name = key as MetricName;
    const common = { name, help: metric.help, labelNames: [...metric.labels], registers: [registry] };
    switch (metric.type) {
      case 'counter':
        counters.set(name, new Counter(common));
        break;
      case 'gauge':
        gauges.set(name, new Gauge(common));
        break;
      case 'histogram':
        histograms.set(name, new Histogram({ ...common, buckets: [...metric.buckets] }));
        break;
    }
  }

  return {
    count: (name, labels, by = 1) => counters.get(name)?.inc(labels, by),
    set: (name, labels, value) => gauges.get(name)?.set(labels, value),
    observe: (name, labels, value) => histograms.get(name)?.observe(labels, value),
    gauge: (name, read) => void readers.set(name, read),
    text() {
      for (const [name, read] of readers) gauges.get(name)?.set(read());
      return registry.metrics();
    },
    contentType: registry.contentType,
  };
}
