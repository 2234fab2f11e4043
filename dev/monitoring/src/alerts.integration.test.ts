import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { parse } from 'yaml';
import { findPrometheus } from './find-prometheus.ts';
import { isKnown, metricNamesIn } from './metric-names.ts';
import { alertsFolder, filesOf, root, runbooksFolder } from './places.ts';
import { readRules, type Rule } from './read-rules.ts';

const ruleTests = filesOf(join(root, 'dev/monitoring/rule-tests'), '.yaml');
const rules = readRules();
const alerts = rules.filter(({ alert }) => alert !== undefined);
const alertNames = [...new Set(alerts.map(({ alert }) => alert ?? ''))].sort();
const recorded = new Set(rules.map(({ record }) => record));

/** Of the blackbox exporter, which a platform lets look at the public address. */
const foreign = new Set(['probe_ssl_earliest_cert_expiry']);

const found = findPrometheus(process.env);
// Where no promtool can be had the tests show as skipped, with the reason in their name.
const withPromtool = found.outcome === 'there' ? test : test.skip;
const why = found.outcome === 'there' ? '' : ` (${found.reason})`;

const folder = mkdtempSync(join(tmpdir(), 'sluice-rule-tests-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** @returns exit code and output of promtool */
function promtool(...args: string[]): { status: number | null; output: string } {
  if (found.outcome === 'absent') throw new Error(found.reason);
  const { status, stdout, stderr } = spawnSync(found.promtool, args, { encoding: 'utf8' });
  return { status, output: stdout + stderr };
}

withPromtool(`promtool takes the rules${why}`, () => {
  const { status, output } = promtool(
    'check',
    'rules',
    ...filesOf(alertsFolder, '.yaml').map(({ path }) => path),
  );
  expect([status, output]).toEqual([0, expect.not.stringContaining('FAILED')]);
});

withPromtool.each(ruleTests)(
  `$name: alerts fire and are silent as they should${why}`,
  (file) => {
    const { status, output } = promtool('test', 'rules', ...byAlert(file));
    expect([status, output]).toEqual([0, expect.stringContaining('SUCCESS')]);
  },
  60_000,
);

/** Writes a file of tests for each alert, with rules that hold no other: to evaluate weeks of all others takes a minute. */
function byAlert({ path, text }: { readonly path: string; readonly text: string }): string[] {
  const { tests, ...rest } = parse(text) as RuleTestFile;
  const groups = Map.groupBy(tests, (one) => namesIn(one).join('-'));
  return Array.from(groups, ([name, ofAlert]) => {
    const rule_files = rest.rule_files.map((rules) =>
      writeRulesOf(join(dirname(path), rules), `rules-${name}`, new Set(ofAlert.flatMap(namesIn))),
    );
    return writeJson(`${basename(path, '.yaml')}-${name}`, { ...rest, rule_files, tests: ofAlert });
  });
}

const namesIn = ({ alert_rule_test }: RuleTest): string[] => [
  ...new Set(alert_rule_test.map(({ alertname }) => alertname)),
];

function writeRulesOf(path: string, name: string, alertsKept: ReadonlySet<string>): string {
  const { groups } = parse(readFileSync(path, 'utf8')) as { groups: { rules: Rule[] }[] };
  const kept = groups.map((group) => ({
    ...group,
    rules: group.rules.filter(({ alert }) => alert === undefined || alertsKept.has(alert)),
  }));
  return writeJson(`${basename(path, '.yaml')}-${name}`, { groups: kept });
}

/** JSON is YAML, too. */
function writeJson(name: string, content: object): string {
  const path = join(folder, `${name}.yaml`);
  writeFileSync(path, JSON.stringify(content));
  return path;
}

test.each(alertNames)('%s is tried firing, and silent', (name) => {
  const tried = ruleTests
    .flatMap(({ text }) => (parse(text) as { tests: RuleTest[] }).tests)
    .flatMap(({ alert_rule_test }) => alert_rule_test)
    .filter(({ alertname }) => alertname === name)
    .map(({ exp_alerts }) => exp_alerts.length > 0);
  expect(new Set(tried)).toEqual(new Set([true, false]));
});

interface RuleTestFile {
  readonly rule_files: readonly string[];
  readonly tests: readonly RuleTest[];
}
interface RuleTest {
  readonly alert_rule_test: { readonly alertname: string; readonly exp_alerts: unknown[] }[];
}

test.each(rules.map((rule) => [rule.alert ?? rule.record ?? '', rule.expr]))(
  '%s reads metrics that there are',
  (_, expr) => {
    const names = [...metricNamesIn(expr)];
    expect(names).not.toEqual([]);
    expect(names.filter((name) => !isKnown(name) && !recorded.has(name) && !foreign.has(name))).toEqual([]);
  },
);

test('a metric that there is not would be seen, and so would text that is not an expression', () => {
  expect(
    [...metricNamesIn('sum by (source) (rate(sluice_invented_total{a="b"}[5m]))')].filter((n) => !isKnown(n)),
  ).toEqual(['sluice_invented_total']);
  expect(() => metricNamesIn('sum by (source) (rate(up[5m])')).toThrow('PromQL');
});

test.each(alerts)(
  '$alert ($expr) has a severity, a summary and a runbook',
  ({ alert, labels, annotations }) => {
    expect(['critical', 'warning', 'info']).toContain(labels?.severity);
    expect(annotations?.summary).toMatch(/^\S.*\.$/);
    expect(annotations?.runbook_url).toBe(`docs/operations/runbooks/${alert}.md`);
    expect(existsSync(join(runbooksFolder, `${alert}.md`))).toBe(true);
  },
);
