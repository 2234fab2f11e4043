import { catalogue, labels } from './catalogue.ts';

/** The page `docs/reference/metrics.md`, in Markdown. */
export function renderPage(): string {
  const metrics = Object.entries(catalogue).map(([name, { type, unit, labels: of, help }]) =>
    row([code(name), type, unit, of.map(code).join(', '), help]),
  );
  return `# Metrics

Prometheus scrapes \`/metrics\` on the management port of every service (\`SLUICE_OPS_PORT\`). \`npm run generate\` writes
this page from [libs/telemetry/src/catalogue.ts](../../libs/telemetry/src/catalogue.ts). Services expose no other metrics
of Sluice. A service exposes the names of all metrics, and values only for those that it uses.

| metric | type | unit | labels | meaning |
| --- | --- | --- | --- | --- |
${metrics.join('\n')}

## Labels

Values come from the configuration or from closed lists, never from vendors. A process has fewer than 2,000 series.

| label | values |
| --- | --- |
${Object.entries(labels)
  .map(([name, values]) => row([code(name), values]))
  .join('\n')}

- Outcomes of a push: \`published\`, \`spooled\`, \`repeated\` (a resend of an acknowledged push), \`dead-lettered\`,
  \`kept-apart\` (stale, or a known signature with another body), \`over-budget\` (the budget for such pushes is used up),
  \`refused\`, \`unavailable\`, \`malformed\`, \`too-large\`, \`failed\`.
- Reasons why a push was not acknowledged: \`unknown-path\`, \`path-secret\`, \`repeated-parameter\`, \`address\`,
  \`signature\`, \`policy\`, \`overloaded\`, \`over-budget\`, \`unavailable\`, \`malformed\`, \`too-large\`, \`failed\`.
- Outcomes of a record: \`normalized\`, \`ignored\`, \`dead-lettered\` in the normalizer; \`written\`, \`stale\`,
  \`dead-lettered\` in the sinks.
- Outcomes of a write to a store: \`answered\`, \`failed\`.
- Outcomes of a write to the spool: \`spooled\`, \`full\`, \`failed\`.

## The process

Services also expose prom-client's metrics of every Node process: \`process_*\` (CPU, memory, file descriptors, start
time) and \`nodejs_*\` (event-loop delay in \`nodejs_eventloop_lag_*_seconds\`, 0.1 s at rest, heap in \`nodejs_heap_*_bytes\`, garbage
collection in \`nodejs_gc_duration_seconds\`).
`;
}

const code = (text: string): string => `\`${text}\``;
const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
