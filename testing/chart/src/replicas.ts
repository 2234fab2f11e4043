import { outcomeOf, type Outcome } from './outcome.ts';
import { podOf } from './pods.ts';
import { manifestsOf, nameOf, namespace, render, type Manifest } from './render.ts';
import { isToolbox } from './toolbox.ts';
import { startApiServer } from './testing/api-server.ts';

interface Workload extends Manifest {
  readonly spec: { readonly replicas?: number };
}

/** Numbers that no value of the chart has: an operator scaled by hand, or an autoscaler did. */
const scaled = new Map([
  ['StatefulSet sluice-ingress', 7],
  ['Deployment sluice-normalizer', 5],
  ['Deployment sluice-sink-clickhouse', 6],
  ['Deployment sluice-sink-elasticsearch', 4],
]);

/** What Helm adds to the objects of a release. */
const ownership = { 'meta.helm.sh/release-name': 'sluice', 'meta.helm.sh/release-namespace': namespace };

/**
 * Who decides the number of pods: the values, or the autoscaler, whose number a switch does not change. Each step is
 * rendered by Helm with what the step before left in the cluster, and scaled there.
 */
export async function replicasOutcomes(helm: string, kubernetes: string, by: string): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const tell = (what: string, problems: readonly string[]): void =>
    void outcomes.push(outcomeOf(`${what} by ${by}`, problems));
  const workloads = async (mode: string, before: readonly Workload[]): Promise<Workload[]> => {
    const server = await startApiServer(namespace, before);
    try {
      const args = [
        ...['--set', `autoscaling.mode=${mode}`, '--dry-run=server', '--disable-openapi-validation'],
        ...['--kubeconfig', server.kubeconfig],
      ];
      const { code, stdout, stderr } = await render(helm, kubernetes, 'minimal', args);
      if (code !== 0) throw new Error(stderr.trim());
      return manifestsOf(stdout).filter(
        (one) => /^(Deployment|StatefulSet)$/.test(one.kind) && !podOf(one)?.containers.some(isToolbox),
      ) as Workload[];
    } finally {
      await server.close();
    }
  };
  const numbersOf = (made: readonly Workload[]): string[] =>
    made.map((one) => `${nameOf(one)}: ${one.spec.replicas ?? 'none'}`);
  const differing = (made: readonly Workload[], wanted: (one: Workload) => number | undefined): string[] =>
    numbersOf(made.filter((one) => one.spec.replicas !== wanted(one)));
  const scale = (made: readonly Workload[]): Workload[] =>
    made.map((one) => ({
      ...one,
      metadata: { ...one.metadata, annotations: { ...one.metadata.annotations, ...ownership } },
      spec: { ...one.spec, replicas: scaled.get(nameOf(one)) ?? 1 },
    }));
  const ofScale = (one: Workload): number | undefined => scaled.get(nameOf(one));

  const fixed = await workloads('none', []);
  tell(
    'without autoscaling the values count',
    differing(fixed, () => 2),
  );
  const running = scale(fixed);
  for (const mode of ['hpa', 'keda', 'external']) {
    const switched = await workloads(mode, running);
    tell(`switching to ${mode} keeps the pods`, differing(switched, ofScale));
    const later = await workloads(mode, scale(switched));
    tell(`a later upgrade with ${mode} keeps the pods`, differing(later, ofScale));
    const fresh = await workloads(mode, []);
    tell(
      `an installation with ${mode} names no number`,
      differing(fresh, () => undefined),
    );
    const upgraded = await workloads(mode, scale(fresh));
    tell(
      `after that an upgrade with ${mode} leaves the number to the autoscaler`,
      differing(upgraded, () => undefined),
    );
    const back = await workloads('none', scale(fresh));
    tell(
      `${mode} switched off: the values count`,
      numbersOf(back.filter((one) => one.spec.replicas === undefined)),
    );
  }
  return outcomes;
}
