import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findPrometheus } from './find-prometheus.ts';
import { isKnown, metricNamesIn } from './metric-names.ts';
import { normalDays, normalWeeks, stepMinutes, type Series } from './normal-weeks.ts';
import { readRules, type Rule } from './read-rules.ts';

const found = findPrometheus(process.env);
// Where no promtool can be had the tests show as skipped, with the reason in their name.
const withPromtool = found.outcome === 'there' ? test : test.skip;
const why = found.outcome === 'there' ? '' : ` (${found.reason})`;
const folder = mkdtempSync(join(tmpdir(), 'sluice-normal-weeks-'));
afterAll(() => rmSync(folder, { recursive: true }));

const weeks = normalWeeks();
const rules = readRules();

test('the weeks have every metric that a rule reads, and none that there is not', () => {
  const names = new Set(weeks.map(({ name }) => name));
  const recorded = new Set(rules.flatMap(({ record }) => record ?? []));
  const read = new Set(rules.flatMap(({ expr }) => [...metricNamesIn(expr)]));
  expect([...read].filter((name) => !names.has(name) && !recorded.has(name))).toEqual([]);
  expect([...names].filter((name) => !isKnown(name) && !name.startsWith('probe_'))).toEqual([]);
});

/** What must hold for hours reads days, which takes long to evaluate: three times within `for` is often enough. */
const isSlow = (rule: Rule): boolean => /^\d+h$/.test(rule.for ?? '');
const paces = [
  { pace: 'quick', everyMinutes: 4, alerts: rules.filter((rule) => rule.alert && !isSlow(rule)) },
  { pace: 'slow', everyMinutes: 20, alerts: rules.filter((rule) => rule.alert && isSlow(rule)) },
];

withPromtool.each(paces)(
  `no $pace alert fires in an ordinary week and three days more${why}`,
  ({ everyMinutes, alerts }) => {
    expect(alerts.length).toBeGreaterThan(5);
    expect(firing(weeks, normalDays, alerts, everyMinutes)).toEqual([]);
  },
  240_000,
);

withPromtool(
  `one that fired for four minutes in them would be seen${why}`,
  () => {
    const damagedAt = (30 * 60) / stepMinutes;
    const twoDays = weeks
      .filter(({ name }) => name === 'sluice_spool_quarantined_files')
      .map((one): Series => ({
        ...one,
        values: one.values
          .slice(0, (48 * 60) / stepMinutes)
          .map((value, sample) => (sample === damagedAt || sample === damagedAt + 1 ? 1 : value)),
      }));
    const [damaged, ...others] = rules.filter(({ alert }) => alert === 'SluiceSpoolDamaged');
    if (!damaged || others.length > 0) throw new Error('There is not one such alert.');
    expect(firing(twoDays, 2, [damaged], 4)).toEqual(['SluiceSpoolDamaged']);
  },
  60_000,
);

/** Which of some alerts fire at any moment but the first day's, on which every series is new. */
function firing(
  series: readonly Series[],
  days: number,
  alerts: readonly Rule[],
  everyMinutes: number,
): string[] {
  if (found.outcome === 'absent') throw new Error(found.reason);
  const read = alerts.map(({ expr }) => expr).join(' ');
  const recordings = rules.filter(({ record }) => record !== undefined && read.includes(record));
  const ruleFile = join(folder, 'rules.json');
  const file = join(folder, 'test.json');
  // JSON is YAML, too.
  writeFileSync(ruleFile, JSON.stringify({ groups: [{ name: 'tried', rules: [...recordings, ...alerts] }] }));
  const text = {
    rule_files: [ruleFile],
    evaluation_interval: `${everyMinutes}m`,
    tests: [
      {
        interval: `${stepMinutes}m`,
        input_series: series.map(({ name, labels, values }) => ({
          series: `${name}{${Object.entries(labels)
            .map(([label, value]) => `${label}="${value}"`)
            .join(',')}}`,
          values: valuesOf(values),
        })),
        promql_expr_test: [
          {
            expr: `count by (alertname) (count_over_time(ALERTS{alertstate="firing"}[${days - 1}d]))`,
            eval_time: `${days}d`,
            exp_samples: [],
          },
        ],
      },
    ],
  };
  writeFileSync(file, JSON.stringify(text));
  const { status, stdout, stderr } = spawnSync(found.promtool, ['test', 'rules', file], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  const names = [...new Set(`${stdout}${stderr}`.matchAll(/alertname="(\w+)"/g))].map(
    ([, name = '']) => name,
  );
  if (status !== 0 && names.length === 0) throw new Error(`promtool: ${stdout}${stderr}`.slice(0, 2_000));
  return [...new Set(names)].sort();
}

/** In promtool's notation: what ends is stale, as Prometheus marks it when a target is gone. */
function valuesOf(values: readonly (number | null)[]): string {
  return values
    .map((value, sample) => {
      if (value !== null) return String(Math.round(value * 1000) / 1000);
      return typeof values[sample - 1] === 'number' ? 'stale' : '_';
    })
    .join(' ');
}
