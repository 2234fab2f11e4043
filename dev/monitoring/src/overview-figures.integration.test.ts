import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parts, sums, type Panel } from './dashboards.ts';
import { findPrometheus } from './find-prometheus.ts';
import { asChosen, asPromQl } from './render-dashboard.ts';

const found = findPrometheus(process.env);
// Where no promtool can be had the test shows as skipped, with the reason in its name.
const withPromtool = found.outcome === 'there' ? test : test.skip;
const why = found.outcome === 'there' ? '' : ` (${found.reason})`;
const folder = mkdtempSync(join(tmpdir(), 'sluice-overview-'));
afterAll(() => rmSync(folder, { recursive: true }));

const named = (name: string, labels: string): string => `${name}{namespace="n",${labels}}`;
const written = (store: string, labels: string): string =>
  named(
    'sluice_records_total',
    `component="sink-${store}",stream="a",topic="a.message.v1",outcome="written",${labels}`,
  );

/** Of stream a 600 pushes, events, rows and documents in an hour, over restarts; of stream b 1,200 pushes. */
const series: Readonly<Record<string, string>> = {
  [named('sluice_source_info', 'source="of-a",stream="a",pod="i"')]: '1x60',
  [named('sluice_source_info', 'source="of-b",stream="b",pod="i"')]: '1x60',
  // Restarted after half an hour, under the same labels.
  [named('sluice_ingress_requests_total', 'source="of-a",outcome="published",pod="i"')]: '1000+6x30 0+6x30',
  [named('sluice_ingress_requests_total', 'source="of-a",outcome="repeated",pod="i"')]: '0+2x60',
  [named('sluice_ingress_requests_total', 'source="of-a",outcome="dead-lettered",pod="i"')]: '0+1x60',
  [named('sluice_ingress_requests_total', 'source="of-a",outcome="kept-apart",pod="i"')]: '0+1x60',
  [named('sluice_ingress_requests_total', 'source="of-a",outcome="unauthorized",pod="i"')]: '0+50x60',
  [named('sluice_ingress_requests_total', 'source="of-b",outcome="published",pod="i"')]: '0+20x60',
  // Two pods, one after the other.
  [named('sluice_events_total', 'stream="a",topic="message.v1",pod="n1"')]: '7000+10x30 stale',
  [named('sluice_events_total', 'stream="a",topic="message.v1",pod="n2"')]: '_x30 5+10x29',
  [written('clickhouse', 'pod="c"')]: '500+10x60',
  [written('elasticsearch', 'pod="e"')]: '0+10x20 0+10x20 0+10x20',
};

/** Whether an expression over the series is 1 behind an hour. */
function expectTrue(name: string, expression: string): void {
  if (found.outcome === 'absent') throw new Error(found.reason);
  const file = join(folder, `${name}.json`);
  // JSON is YAML, too.
  writeFileSync(
    file,
    JSON.stringify({
      evaluation_interval: '1m',
      tests: [
        {
          interval: '1m',
          input_series: Object.entries(series).map(([one, values]) => ({ series: one, values })),
          promql_expr_test: [
            { expr: expression, eval_time: '60m', exp_samples: [{ labels: '{}', value: 1 }] },
          ],
        },
      ],
    }),
  );
  const { status, stdout, stderr } = spawnSync(found.promtool, ['test', 'rules', file], { encoding: 'utf8' });
  expect([status, stdout + stderr]).toEqual([0, expect.stringContaining('SUCCESS')]);
}
const expressionOf = ({ queries }: Panel): string => asPromQl(asChosen(queries[0]?.[0] ?? ''), 'a', '1h');

withPromtool.each(['acknowledged', 'events', 'clickhouse', 'elasticsearch'] as const)(
  `%s is of the chosen stream, and no restart takes a part of it away${why}`,
  (name) => {
    const inAnHour = 600;
    // Within five of a hundred: what was counted just before a restart nobody has seen.
    expectTrue(name, `abs((${expressionOf(sums[name])}) - ${inAnHour}) < bool ${inAnHour * 0.05}`);
  },
);

withPromtool(`what acknowledged pushes became adds up to them${why}`, () => {
  const together = Object.values(parts).map((part) => `(${expressionOf(part)})`);
  expectTrue('parts', `(${expressionOf(sums.acknowledged)}) == bool (${together.join(' + ')})`);
  for (const [name, part] of Object.entries(parts)) expectTrue(name, `(${expressionOf(part)}) > bool 0`);
});
