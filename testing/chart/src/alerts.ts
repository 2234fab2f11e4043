import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { findPrometheus } from '@sluice/monitoring/find-prometheus';
import { podOf } from './pods.ts';
import { nameOf, namespace, type Manifest } from './render.ts';
import { isToolbox } from './toolbox.ts';
import { tryRun } from './tools/fetched.ts';

interface Rules {
  readonly groups: readonly { readonly rules: readonly Rule[] }[];
}

interface Rule {
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

const found = findPrometheus(process.env);

/** Why alerts cannot be tried on this machine; null when they can. */
export const noPromtool = found.outcome === 'absent' ? found.reason : null;

/**
 * What is wrong with the alerts of a release: rules that promtool cannot read, that look at what is not of the release, that
 * link to no page, a service of the release whose absence nobody is called for, or a call for one that the release does not run.
 * @param stream of the release
 */
export async function alertProblems(manifests: readonly Manifest[], stream: string): Promise<string[]> {
  if (found.outcome === 'absent') return [found.reason];
  const { promtool } = found;
  const services = manifests
    .filter((one) => /^(StatefulSet|Deployment)$/.test(one.kind) && !podOf(one)?.containers.some(isToolbox))
    .map(({ metadata }) => metadata.labels?.['app.kubernetes.io/component'] ?? '');
  const folder = mkdtempSync(join(tmpdir(), 'sluice-alerts-'));
  const problems: string[] = [];
  const isScraped = manifests.some(({ kind }) => kind === 'PodMonitor');
  const tell = async (what: string, ...args: string[]): Promise<void> => {
    const { code, stdout, stderr } = await tryRun(promtool, args, { cwd: folder });
    if (code !== 0) problems.push(`${what}: ${`${stdout}${stderr}`.trim()}`);
  };
  try {
    for (const manifest of manifests.filter(({ kind }) => kind === 'PrometheusRule')) {
      const rules = manifest.spec as Rules;
      writeFileSync(join(folder, 'rules.yaml'), stringify(rules));
      await tell(nameOf(manifest), 'check', 'rules', 'rules.yaml');
      problems.push(
        ...rules.groups.flatMap((group) => group.rules.flatMap((rule) => foreign(rule, isScraped))),
      );
      const missing = rules.groups
        .flatMap((group) => group.rules)
        .find((rule) => rule.alert === missingAlert);
      if (!missing) continue;
      const tests = [null, ...services].map((absent) => testOf(services, absent, stream, missing));
      writeFileSync(
        join(folder, 'tests.yaml'),
        stringify({ rule_files: ['rules.yaml'], evaluation_interval: '1m', tests }),
      );
      await tell(missingAlert, 'test', 'rules', 'tests.yaml');
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  return problems;
}

/** What the release scrapes itself has the PodMonitor's name as its job. */
const job = `${namespace}/sluice`;

/** Anybody who is called has no checkout: the link is a whole one, to the page of that alert. */
const isPage = (link: string | undefined, alert: string): boolean =>
  link?.startsWith('https://') === true && link.endsWith(`/docs/operations/runbooks/${alert}.md`);

/** Where a rule looks at more than the series of its release, or leads nowhere. */
function foreign({ alert, record, expr, labels, annotations }: Rule, isScraped: boolean): string[] {
  const name = alert ?? record ?? '';
  const matchers = [
    `namespace="${namespace}"`,
    ...(isScraped && name !== missingAlert ? [`job="${job}"`] : []),
  ];
  const selectors = [...expr.matchAll(/\b(?:(?:sluice|process|nodejs)_\w+|sluice:[\w:]+)(\{[^}]*\})?/g)];
  const wide = selectors.filter(([, braces = '']) => !matchers.every((one) => braces.includes(one)));
  const link = annotations?.runbook_url;
  return [
    ...(alert === undefined || isPage(link, alert) ? [] : [`${name} links to ${link ?? 'no page'}.`]),
    ...wide.map(([selector]) => `${name} looks at series of others: ${selector}`),
    // Two releases must not record one series.
    ...(record !== undefined && isScraped && labels?.job !== job
      ? [`${name} has not the label job ${job}.`]
      : []),
  ];
}

const missingAlert = 'SluiceServiceMissing';
/** Those that serve whichever streams their files name. */
const ofNoStream = ['ingress', 'agent-panel'];

/** All services are scraped but one, or all: who is called? */
function testOf(services: readonly string[], absent: string | null, stream: string, rule: Rule): object {
  const labelsOf = (service: string): Record<string, string> => ({
    ...{ component: service, namespace },
    ...(ofNoStream.includes(service) ? {} : { stream }),
  });
  const calls = absent === null ? [] : [absent];
  return {
    interval: '1m',
    input_series: services
      .filter((service) => service !== absent)
      .map((service) => ({
        series: `sluice_build_info{${Object.entries(labelsOf(service))
          .map(([name, value]) => `${name}="${value}"`)
          .join(',')}}`,
        values: '1x20',
      })),
    alert_rule_test: [
      {
        eval_time: '15m',
        alertname: missingAlert,
        exp_alerts: calls.map((service) => ({
          exp_labels: { ...labelsOf(service), severity: 'critical' },
          exp_annotations: {
            ...rule.annotations,
            summary: rule.annotations?.summary?.replace('{{ $labels.component }}', service),
          },
        })),
      },
    ],
  };
}
