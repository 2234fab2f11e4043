import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { catalogue, type LabelsOf, type MetricName, type NamesOf } from './catalogue.ts';
import { productVersion } from './product-version.ts';

/** The metrics of one process. */
export interface Telemetry {
  count<N extends NamesOf<'counter'>>(name: N, labels: LabelsOf<N>, by?: number): void;
  /** Of one thing that is counted again and again: `count` looks its labels up each time. */
  tally<N extends NamesOf<'counter'>>(name: N, labels: LabelsOf<N>): Tally;
  set<N extends NamesOf<'gauge'>>(name: N, labels: LabelsOf<N>, value: number): void;
  observe<N extends NamesOf<'histogram'>>(name: N, labels: LabelsOf<N>, value: number): void;
  /** Read when scraped, instead of set. */
  gauge(name: NamesOf<'gauge'>, read: () => number): void;
  /** Read when scraped: every value with its labels. What is no longer among them is exposed no more. */
  gauges<N extends NamesOf<'gauge'>>(
    name: N,
    read: () => Iterable<readonly [labels: LabelsOf<N>, value: number]>,
  ): void;
  /** In Prometheus's text format. */
  text(): Promise<string>;
  readonly contentType: string;
}

/** How often since the last scrape: counted with `tally.by += 1`. */
export interface Tally {
  by: number;
}

/**
 * Of prom-client's own metrics, those that are gauges and named as counters are: promtool refuses them. The others
 * keep their names, `process_*` and `nodejs_*`, which everybody's dashboards know.
 */
const misnamed = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
];

/** A timer of this many ms measures the event loop's delay: each tick wakes an idle process. */
const eventLoopTickMs = 100;

/**
 * @param service name of the process, the label `component` of every metric
 * @param stream the one stream that the process works on, the label `stream` of every metric; none of one that serves
 *   several
 */
export function createTelemetry(service: string, stream?: string): Telemetry {
  const registry = new Registry();
  registry.setDefaultLabels({ component: service, ...(stream === undefined ? {} : { stream }) });
  const { counters, gauges, histograms } = registerAll(registry);
  const flushes: (() => void)[] = [];
  const readers = new Map<MetricName, () => Iterable<readonly [Record<string, string>, number]>>();

  // Behind ours, for anybody who reads the page.
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: eventLoopTickMs });
  for (const name of misnamed) registry.removeSingleMetric(name);
  gauges.get('sluice_build_info')?.set({ version: productVersion(), node: process.versions.node }, 1);
  readers.set('sluice_clock_timestamp_seconds', () => [[{}, Date.now() / 1000]]);

  return {
    count: (name, labels, by = 1) => counters.get(name)?.inc(labels, by),
    tally(name, labels) {
      const tally: Tally = { by: 0 };
      flushes.push(() => {
        if (tally.by > 0) counters.get(name)?.inc(labels, tally.by);
        tally.by = 0;
      });
      return tally;
    },
    set: (name, labels, value) => gauges.get(name)?.set(labels, value),
    observe: (name, labels, value) => histograms.get(name)?.observe(labels, value),
    gauge: (name, read) => void readers.set(name, () => [[{}, read()]]),
    gauges: (name, read) => void readers.set(name, read),
    text() {
      for (const flush of flushes) flush();
      for (const [name, read] of readers) {
        const gauge = gauges.get(name);
        gauge?.reset();
        for (const [labels, value] of read()) gauge?.set(labels, value);
      }
      return registry.metrics();
    },
    contentType: registry.contentType,
  };
}

/** Registers each metric of the catalogue. */
function registerAll(registry: Registry) {
  const counters = new Map<MetricName, Counter>();
  const gauges = new Map<MetricName, Gauge>();
  const histograms = new Map<MetricName, Histogram>();
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
  return { counters, gauges, histograms };
}
