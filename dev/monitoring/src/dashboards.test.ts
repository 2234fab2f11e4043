import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dashboards, counted } from './dashboards.ts';
import { dashboardFiles } from './dashboard-files.ts';
import { isKnown, metricNamesIn, rawCountersIn } from './metric-names.ts';
import { root } from './places.ts';
import { asChosen, asPromQl } from './render-dashboard.ts';

const files = [...dashboardFiles()];
const panels = dashboards.flatMap((dashboard) =>
  dashboard.rows.flatMap((row) => row.panels.map((panel) => ({ dashboard: dashboard.uid, ...panel }))),
);
const plain = (text: string): unknown => JSON.parse(text);

test.each(files)('%s is as "npm run generate" writes it', (path, text) => {
  expect(plain(readFileSync(join(root, path), 'utf8'))).toEqual(plain(text));
});

test('there is no dashboard next to them', () => {
  const folder = 'helm/sluice/files/dashboards';
  expect(readdirSync(join(root, folder)).map((name) => `${folder}/${name}`)).toEqual(
    files.map(([path]) => path).sort(),
  );
});

test.each(panels)('$dashboard, $title: reads metrics that there are', ({ queries }) => {
  for (const [expression] of queries) {
    const names = [...metricNamesIn(asPromQl(asChosen(expression)))];
    expect(names).not.toEqual([]);
    expect(names.filter((name) => !isKnown(name))).toEqual([]);
  }
});

/** Without what is a sum over restarts as a whole. */
const withoutCounted = (expression: string): string =>
  rawCountersIn(asPromQl(expression)).reduce(
    (text, selector) => text.replaceAll(asPromQl(counted(selector)), 'up'),
    asPromQl(expression),
  );

test.each(panels)('$dashboard, $title: no restart takes a part of a counter away', ({ queries }) => {
  for (const [expression] of queries) expect(rawCountersIn(withoutCounted(expression))).toEqual([]);
});

test('a counter that is read as it is would be seen', () => {
  expect(rawCountersIn('sum(sluice_events_total{a="b"}) / sum(rate(sluice_events_total[5m]))')).toEqual([
    'sluice_events_total{a="b"}',
  ]);
  expect(rawCountersIn('max_over_time(sluice_events_total[5m])')).toHaveLength(1);
});

test.each([
  ...panels,
  ...dashboards.flatMap(({ rows }) => rows).map(({ title }) => ({ dashboard: 'a row', title })),
])('$dashboard, $title: is readable in English and in Chinese', ({ title }) => {
  expect(title).toMatch(/^\S[^·]* · .*\p{Script=Han}/u);
});

test.each(dashboards)('$uid has no two panels of one title', ({ rows }) => {
  const titles = rows.flatMap((row) => row.panels.map(({ title }) => title));
  expect(new Set(titles).size).toBe(titles.length);
});

test.each([
  ['sum(up)', 'sum(up{namespace=~"$namespace",stream=~"$stream|"})'],
  [
    'rate(up{a="b"}[$__rate_interval]) / up',
    'rate(up{namespace=~"$namespace",stream=~"$stream|",a="b"}[$__rate_interval]) / up{namespace=~"$namespace",stream=~"$stream|"}',
  ],
])('%s is asked of the chosen namespace and stream', (expression, expected) => {
  expect(asChosen(expression)).toBe(expected);
});
