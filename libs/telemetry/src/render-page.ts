import { catalogue, labels } from './catalogue.ts';

/** The page `docs/reference/metrics.md`, in Markdown. */
export function renderPage(): string {
  const metrics = Object.entries(catalogue).map(([name, { type, unit, labels: of, help }]) =>
    row([code(name), type, unit, of.map(code).join(', '), help]),
  );
  return `# Metrics

Every service answers \`/metrics\` on its ops port (\`SLUICE_OPS_PORT\`), for Prometheus to scrape. This page is made of
[libs/telemetry/src/catalogue.ts](../../libs/telemetry/src/catalogue.ts) by \`npm run generate\`; no
service exposes a metric of ours that is not in it. A service exposes all names, and values only of those that it
has something to say of.

| metric | type | unit | labels | meaning |
| --- | --- | --- | --- | --- |
${metrics.join('\n')}

## Labels

Values come from the configuration or from closed lists, never from what a vendor sends; a process has fewer than
2,000 series.

| label | values |
| --- | --- |
${Object.entries(labels)
  .map(([name, values]) => row([code(name), values]))
  .join('\n')}

Outcomes of a push: \`published\`, \`spooled\`, \`repeated\` (a vendor's resend of what was acknowledged), \`dead-lettered\`,
\`kept-apart\` (stale, or a signature that came before with another body), \`over-budget\` (no more of it may be kept),
\`refused\`, \`unavailable\`, \`malformed\`, \`too-large\`, \`failed\`. Reasons why it was not taken: \`unknown-path\`,
\`path-secret\`, \`repeated-parameter\`, \`address\`, \`signature\`, \`policy\`, \`overloaded\`, \`over-budget\`, \`unavailable\`,
\`malformed\`, \`too-large\`, \`failed\`. Outcomes of a record: \`normalized\`, \`ignored\`, \`dead-lettered\` in the normalizer; \`written\`, \`stale\`,
\`dead-lettered\` in the sinks. Outcomes of a write: \`answered\`, \`failed\`; of the spool: \`spooled\`, \`full\`, \`failed\`.

## The process

There are also the metrics that prom-client has for every Node process, under their usual names: \`process_*\` (CPU,
memory, file descriptors, start time) and \`nodejs_*\` (event-loop delay in \`nodejs_eventloop_lag_*_seconds\`, heap in
\`nodejs_heap_*_bytes\`, garbage collection in \`nodejs_gc_duration_seconds\`).
`;
}

const code = (text: string): string => `\`${text}\``;
const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
