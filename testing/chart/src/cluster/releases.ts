import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { chartFolder } from '../chart-folder.ts';
import { outcomeOf, skipped, type Outcome } from '../outcome.ts';
import type { Container } from '../pods.ts';
import { namespace, valuesNames } from '../render.ts';
import { isToolbox } from '../toolbox.ts';
import { type ToolName } from '../tools/catalogue.ts';
import { tryRun, type Fetched, type Run } from '../tools/fetched.ts';
import { missingPrograms, startControlPlane } from './control-plane.ts';
import { recipeOutcomes } from './recipes.ts';
import { surroundings } from './surroundings.ts';

const helms = ['Helm 3', 'Helm 4'] as const;
const definitions = [
  'PodMonitor and PrometheusRule',
  'ScaledObject and TriggerAuthentication',
  'HTTPRoute',
  'KafkaTopic and KafkaUser',
] as const;

/** The change of an upgrade: another deadline of the services' stop. */
const changedSeconds = 50;

/**
 * Installs the chart on a real API server whose nodes are played by kwok, changes it, takes the change back and removes
 * it, with each of its `ci/` values by Helm 3 and by Helm 4, and runs commands of docs/operations/recipes.md: minutes. Its programs are
 * too large to be fetched.
 */
export async function releaseOutcomes(tools: Record<ToolName, Fetched>): Promise<Outcome[]> {
  const missing = missingPrograms(process.env);
  const reasons = [
    ...(missing.length > 0 ? [`not on PATH: ${missing.join(', ')}`] : []),
    ...[...helms, ...definitions].flatMap((name) =>
      tools[name].outcome === 'absent' ? [tools[name].reason] : [],
    ),
  ];
  if (reasons.length > 0) return [skipped('releases on a real API server', reasons.join('; '))];
  const folderOf = (name: ToolName): string => (tools[name].outcome === 'there' ? tools[name].path : '');

  const folder = mkdtempSync(join(tmpdir(), 'sluice-cluster-'));
  const kubectl = (args: readonly string[], input?: string): Promise<Run> =>
    tryRun(join(folderOf('Helm 4'), 'kubectl/kubectl'), args, {
      env: { KUBECONFIG: join(folder, 'kubeconfig') },
      ...(input === undefined ? {} : { input }),
    });
  const controlPlane = await startControlPlane(
    folder,
    async () => (await kubectl(['get', '--raw', '/readyz'])).code === 0,
  );
  const cluster = new Cluster(kubectl);
  const outcomes: Outcome[] = [];
  try {
    await cluster.prepare(definitions.map(folderOf));
    for (const values of valuesNames())
      for (const helm of helms) {
        const run = (args: readonly string[]): Promise<Run> =>
          tryRun(
            join(folderOf(helm), 'helm/helm'),
            [...args, '--namespace', namespace, '--wait', '--timeout', '90s'],
            { env: { KUBECONFIG: controlPlane.kubeconfig } },
          );
        outcomes.push(...(await lifeOf(cluster, run, values, helm)));
      }
    outcomes.push(
      ...(await recipeOutcomes({
        helm: join(folderOf('Helm 4'), 'helm/helm'),
        kubectl: join(folderOf('Helm 4'), 'kubectl/kubectl'),
        kubeconfig: controlPlane.kubeconfig,
      })),
    );
  } finally {
    await controlPlane.close();
    rmSync(folder, { recursive: true });
  }
  return outcomes;
}

/** One release from its beginning to its end. */
async function lifeOf(
  cluster: Cluster,
  helm: (args: readonly string[]) => Promise<Run>,
  values: string,
  by: string,
): Promise<Outcome[]> {
  const given = [
    ...['--values', join(chartFolder, 'ci', `${values}-values.yaml`)],
    // Strimzi's definitions that are at hand are those before its v1.
    ...['--set', 'strimzi.apiVersion=kafka.strimzi.io/v1beta2'],
  ];
  const change = ['--set', `stopDeadlineSeconds=${changedSeconds}`];
  const steps = [
    { step: 'installed', args: ['install', 'sluice', chartFolder, ...given], isChanged: false },
    { step: 'changed', args: ['upgrade', 'sluice', chartFolder, ...given, ...change], isChanged: true },
    { step: 'taken back', args: ['rollback', 'sluice', '1'], isChanged: false },
  ];
  const outcomes: Outcome[] = [];
  const told = (step: string, problems: readonly string[]): void =>
    void outcomes.push(outcomeOf(`${values} by ${by} is ${step}`, problems));

  const before = await cluster.objects();
  let pods: Pod[] = [];
  for (const { step, args, isChanged } of steps) {
    const { code, stderr } = await helm(args);
    // Helm 3 does not wait until the pods of the step before are gone.
    const isOther = (pod: Pod): boolean => hasChange(pod) !== isChanged;
    pods = await lastAnswer(
      () => cluster.servicePods(),
      (running) => !running.some(isOther),
    );
    const others = pods.filter(isOther).map(({ metadata }) => metadata.name);
    const problems = [
      ...(code === 0 ? [] : [stderr.trim(), ...(await cluster.warnings())]),
      ...(pods.length === 0 ? ['No pod runs.'] : []),
      ...(others.length > 0 ? [`These pods are not those of this step: ${others.join(', ')}.`] : []),
    ];
    told(step, problems);
    if (problems.length > 0) break;
  }

  const { code, stderr } = await helm(['uninstall', 'sluice']);
  const left = await cluster.leftBeside(before);
  const hadSpool = pods.some(({ spec }) => spec.volumes?.some((volume) => volume.persistentVolumeClaim));
  const hasSpool = left.some((object) => object.startsWith('persistentvolumeclaim/'));
  told('removed, but for its data', [
    ...(code === 0 ? [] : [stderr.trim()]),
    ...left.filter((object) => !holdsData(object)).map((object) => `${object} stays.`),
    ...(hadSpool && !hasSpool ? ['No spool is left.'] : []),
  ]);
  await cluster.remove(left);
  return outcomes;
}

interface Pod {
  readonly metadata: {
    readonly name: string;
    readonly deletionTimestamp?: string;
    readonly ownerReferences?: readonly { readonly kind: string }[];
  };
  readonly spec: {
    readonly containers: readonly Container[];
    readonly volumes?: readonly { readonly persistentVolumeClaim?: object }[];
  };
}

function hasChange({ spec }: Pod): boolean {
  return spec.containers.some(({ env }) =>
    env?.some(({ name, value }) => name === 'SLUICE_STOP_DEADLINE_MS' && value === `${changedSeconds}000`),
  );
}

/** Spools and topics outlive a release. */
function holdsData(object: string): boolean {
  return /^(persistentvolumeclaim|kafkatopic\.kafka\.strimzi\.io)\//.test(object);
}

class Cluster {
  readonly #kubectl: (args: readonly string[], input?: string) => Promise<Run>;

  constructor(kubectl: (args: readonly string[], input?: string) => Promise<Run>) {
    this.#kubectl = kubectl;
  }

  /** @param definitions folders of CustomResourceDefinitions */
  async prepare(definitions: readonly string[]): Promise<void> {
    for (const files of definitions) await this.#must(['apply', '--server-side', '-f', files]);
    for (const object of surroundings) await this.#must(['create', '-f', '-'], JSON.stringify(object));
    await this.#must(['wait', 'node', '--all', '--for', 'condition=Ready', '--timeout', '60s']);
  }

  async servicePods(): Promise<Pod[]> {
    const text = await this.#must([
      ...['get', 'pods', '-n', namespace, '-o', 'json'],
      ...['--field-selector', 'status.phase=Running'],
    ]);
    return (JSON.parse(text) as { items: Pod[] }).items.filter(
      ({ metadata: { deletionTimestamp, ownerReferences }, spec }) =>
        deletionTimestamp === undefined &&
        !ownerReferences?.some(({ kind }) => kind === 'Job') &&
        !spec.containers.some(isToolbox),
    );
  }

  /** What Kubernetes says of pods that do not come. */
  async warnings(): Promise<string[]> {
    const selected = ['--field-selector', 'type=Warning', '--no-headers'];
    return [...new Set(lines(await this.#must(['get', 'events', '-n', namespace, ...selected])))].slice(-8);
  }

  /** Everything in the namespace but what Kubernetes notes for itself. */
  async objects(): Promise<string[]> {
    const kinds = lines(await this.#must(['api-resources', '--verbs', 'list', '--namespaced', '-o', 'name']));
    const wanted = kinds.filter((kind) => !/^(events|endpoint|leases|controllerrevisions)/.test(kind));
    return lines(
      await this.#must(['get', wanted.join(','), '-n', namespace, '-o', 'name', '--ignore-not-found']),
    );
  }

  /** What is there besides those once nothing is being removed: pods end after what made them. */
  leftBeside(before: readonly string[]): Promise<string[]> {
    return lastAnswer(
      async () => (await this.objects()).filter((object) => !before.includes(object)),
      (left) => left.every(holdsData),
    );
  }

  async remove(objects: readonly string[]): Promise<void> {
    for (const object of objects) await this.#must(['delete', '-n', namespace, object, '--ignore-not-found']);
  }

  async #must(args: readonly string[], input?: string): Promise<string> {
    const { code, stdout, stderr } = await this.#kubectl(args, input);
    if (code !== 0) throw new Error(stderr.trim());
    return stdout;
  }
}

/** Asks until the answer is the one waited for, for a minute at most. */
async function lastAnswer<T>(ask: () => Promise<T>, isIt: (answer: T) => boolean): Promise<T> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const answer = await ask();
    if (isIt(answer) || Date.now() > deadline) return answer;
    await delay(500);
  }
}

const lines = (text: string): string[] => text.split('\n').filter((line) => line !== '');
