import { parser } from '@prometheus-io/lezer-promql';
import { catalogue } from '@sluice/telemetry/catalogue';

/**
 * The metrics that an expression reads.
 * @throws an error about an expression that is no PromQL
 */
export function metricNamesIn(expression: string): Set<string> {
  const names = new Set<string>();
  parser.parse(expression).iterate({
    enter: ({ type, name, from, to }) => {
      if (type.isError) throw new Error(`No PromQL behind "${expression.slice(0, from)}": "${expression}".`);
      // The name of a metric stands alone in its node; that of a label or a function has a type of its own.
      if (name === 'VectorSelector') {
        const [named = ''] = /^[a-zA-Z_:][\w:]*/.exec(expression.slice(from, to)) ?? [];
        names.add(named);
      }
    },
  });
  return names;
}

/** Functions over a counter that a restart of its process does not disturb. */
const survivingRestarts = /^(rate|irate|increase)$/;

/** The counters that an expression reads as they are, so that each restart takes a part away. */
export function rawCountersIn(expression: string): string[] {
  const raw: string[] = [];
  parser.parse(expression).iterate({
    enter: ({ name, from, to, node }) => {
      if (name !== 'VectorSelector') return;
      const selector = expression.slice(from, to);
      const [metric = ''] = /^[a-zA-Z_:][\w:]*/.exec(selector) ?? [];
      if (!/_(total|count|sum|bucket)$/.test(metric)) return;
      let call = node.parent;
      while (call !== null && call.name !== 'FunctionCall') call = call.parent;
      const called = call === null ? '' : (/^\w+/.exec(expression.slice(call.from, call.to))?.[0] ?? '');
      if (!survivingRestarts.test(called)) raw.push(selector);
    },
  });
  return raw;
}

/** Every name under which Prometheus has a metric of the catalogue: a histogram has three. */
const namesOfCatalogue: ReadonlySet<string> = new Set(
  Object.entries(catalogue).flatMap(([name, { type }]) =>
    type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
  ),
);

/** What prom-client has for every Node process, and Prometheus for every target, of which we make use. */
const standardNames: ReadonlySet<string> = new Set([
  'up',
  'nodejs_eventloop_lag_p99_seconds',
  'nodejs_heap_size_used_bytes',
  'process_cpu_seconds_total',
  'process_resident_memory_bytes',
  'process_start_time_seconds',
]);

/** Whether the product, its Node processes or Prometheus itself have a metric of that name. */
export function isKnown(name: string): boolean {
  return namesOfCatalogue.has(name) || standardNames.has(name);
}
