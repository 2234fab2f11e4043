import { podOf } from '../pods.ts';
import type { Manifest } from '../render.ts';

type Labels = Readonly<Record<string, string>>;

/** What a name in a command of kubectl may lead to. */
interface Known {
  /** `deployment/sluice-toolbox` */
  readonly name: string;
  readonly labels: Labels;
}

interface Workload {
  readonly template?: { readonly metadata?: { readonly labels?: Labels } };
  readonly volumeClaimTemplates?: readonly {
    readonly metadata: { readonly name: string; readonly labels: Labels };
  }[];
}

/** As kubectl takes them. */
const kinds: Readonly<Record<string, string>> = {
  ...{ deploy: 'deployment', deployment: 'deployment', deployments: 'deployment', sts: 'statefulset' },
  ...{ statefulset: 'statefulset', pod: 'pod', pods: 'pod', pvc: 'pvc', job: 'job', jobs: 'job' },
  ...{ cronjob: 'cronjob', cronjobs: 'cronjob', service: 'service', svc: 'service', secret: 'secret' },
  networkpolicy: 'networkpolicy',
};
/** Of the cluster, or of the reader. */
const foreign = new Set([
  'pv',
  'storageclass',
  'nodes',
  'events',
  'kafkatopic',
  'kafkauser',
  'volumesnapshot',
]);

/** What a cluster has once a release runs: its objects, and the pods and claims that Kubernetes makes of them. */
function knownObjects(manifests: readonly Manifest[]): Known[] {
  return manifests.flatMap((manifest): Known[] => {
    const { kind, metadata } = manifest;
    const own = { name: `${kind.toLowerCase()}/${metadata.name}`, labels: metadata.labels ?? {} };
    const { template, volumeClaimTemplates = [] } = (manifest.spec ?? {}) as Workload;
    const numbers = kind === 'StatefulSet' ? [0, 1, 2, 3] : [];
    return [
      own,
      ...secretsOf(manifest).map((name) => ({ name: `secret/${name}`, labels: {} })),
      ...(podOf(manifest) ? [{ name: 'pod/*', labels: template?.metadata?.labels ?? own.labels }] : []),
      ...numbers.map((number) => ({ name: `pod/${metadata.name}-${number}`, labels: own.labels })),
      ...volumeClaimTemplates.flatMap(({ metadata: claim }) =>
        numbers.map((number) => ({
          name: `pvc/${claim.name}-${metadata.name}-${number}`,
          labels: claim.labels,
        })),
      ),
    ];
  });
}

/** Secrets that somebody else makes, as pods mount them. */
const secretsOf = (manifest: Manifest): string[] =>
  (podOf(manifest)?.volumes ?? []).flatMap(
    (volume) => (volume as { secret?: { secretName: string } }).secret?.secretName ?? [],
  );

/**
 * What is wrong with a command of kubectl, by the objects of a release: a name or a selector that leads nowhere, a
 * container that there is not.
 */
export function kubectlProblems(words: readonly string[], manifests: readonly Manifest[]): string[] {
  const known = knownObjects(manifests);
  const end = words.indexOf('--');
  const own = words.slice(2, end < 0 ? undefined : end);
  const containers = manifests.flatMap((one) => podOf(one)?.containers.map(({ name }) => name) ?? []);
  const container = valueOf(own, '-c');
  const selector = valueOf(own, '-l');
  return [
    ...namesIn(words[1] ?? '', own).filter((name) => !known.some((one) => one.name === name)),
    ...(selector === undefined || known.some(({ labels }) => matches(labels, selector)) ? [] : [selector]),
    ...(container === undefined || containers.includes(container) ? [] : [container]),
  ].map((what) => `No release has ${what}.`);
}

const valueOf = (words: readonly string[], option: string): string | undefined =>
  words.includes(option) ? words[words.indexOf(option) + 1] : undefined;

const matches = (labels: Labels, selector: string): boolean =>
  selector.split(',').every((one) => labels[one.split('=')[0] ?? ''] === one.split('=')[1]);

/** Options of kubectl that are followed by a value, in the form that the pages use. */
const withValue = new Set(['-l', '-c', '-n', '-o', '-p', '-f', '-I']);

/** `deployment/sluice-toolbox`, of `deploy/sluice-toolbox`, `deploy sluice-toolbox`, or of a pod that is exec'ed or shown. */
function namesIn(verb: string, words: readonly string[]): string[] {
  const plain = words.filter((word, at) => !word.startsWith('-') && !withValue.has(words[at - 1] ?? ''));
  const [first = '', ...rest] = ['rollout'].includes(verb) ? plain.slice(1) : plain;
  if (['config', 'create', 'apply', 'cp', 'cordon'].includes(verb)) return [];
  if (['exec', 'logs', 'port-forward'].includes(verb) && !first.includes('/'))
    return first === '' ? [] : [`pod/${first}`];
  const [kind = '', name] = first.split('/');
  return kind.split(',').flatMap((one) => {
    if (foreign.has(one)) return [];
    const names = name === undefined ? rest : [name];
    return names.map((each) => `${kinds[one] ?? one}/${each}`);
  });
}
