import { containersOf, podOf, type PodSpec } from './pods.ts';
import { nameOf, type Manifest } from './render.ts';

/** What must be reached by whoever has it in its environment. */
const places = [
  'SLUICE_KAFKA_BROKERS',
  'SLUICE_REGISTRY_URL',
  'SLUICE_CLICKHOUSE_URL',
  'SLUICE_ELASTICSEARCH_URL',
  'OTEL_EXPORTER_OTLP_ENDPOINT',
];
/** By the first words of a container's arguments: who verifies or decrypts, and whoever signs as a vendor would. */
const needSecrets = ['ingress', 'sluice check'];

interface EgressRule {
  readonly ports?: readonly { readonly port: number | string }[] | null;
}

/**
 * Holds each pod's network policy against the servers that its environment names, and looks for the vendors' secrets in
 * pods that need none.
 * @returns a sentence for each pod that may reach another server, cannot reach one of its own, or has secrets to read
 */
export function accessProblems(manifests: readonly Manifest[]): string[] {
  const policies = manifests.filter(({ kind }) => kind === 'NetworkPolicy');
  return manifests.flatMap((manifest) => {
    const pod = podOf(manifest);
    if (!pod) return [];
    const component = componentOf(manifest);
    const policy = policies.find((one) => componentOf(one) === component);
    const problems = [
      ...secretProblems(pod),
      ...(policy ? egressProblems(pod, policy) : []),
      ...(policies.length > 0 && !policy ? ['It has no network policy.'] : []),
    ];
    return problems.map((problem) => `${nameOf(manifest)}: ${problem}`);
  });
}

const componentOf = ({ metadata }: Manifest): string | undefined =>
  metadata.labels?.['app.kubernetes.io/component'];

function egressProblems(pod: PodSpec, policy: Manifest): string[] {
  const { egress } = policy.spec as { egress: readonly EgressRule[] };
  if (egress.some(({ ports }) => !ports || ports.length === 0)) return ['It may reach every port.'];
  const allowed = new Set(egress.flatMap(({ ports }) => ports ?? []).map(({ port }) => port));
  // Names, and what is a pod of the chart.
  for (const port of [53, 'http']) allowed.delete(port);
  const needed = new Set<number | string>(
    containersOf(pod)
      .flatMap(({ env = [] }) => env)
      .flatMap(({ name, value = '' }) => (places.includes(name) ? value.split(',').map(portOf) : [])),
  );
  return [
    ...[...allowed]
      .filter((port) => !needed.has(port))
      .map((port) => `It may reach port ${port} and needs it not.`),
    ...[...needed].filter((port) => !allowed.has(port)).map((port) => `It may not reach port ${port}.`),
  ];
}

/** Of a URL, or of `host:port`. */
function portOf(place: string): number {
  const { port, protocol } = new URL(place.includes('://') ? place : `kafka://${place}`);
  return Number(port || { 'http:': 80, 'https:': 443 }[protocol]);
}

function secretProblems(pod: PodSpec): string[] {
  const mounted = (pod.volumes ?? []).find(({ name }) => name === 'sources') as
    { readonly secret?: { readonly items?: readonly { readonly key: string }[] } } | undefined;
  const keys = mounted?.secret?.items?.map(({ key }) => key);
  if (!mounted || keys?.join() === 'sources.yaml') return [];
  return containersOf(pod)
    .filter(({ args = [] }) => !needSecrets.some((words) => args.join(' ').startsWith(words)))
    .map(({ name }) => `${name} mounts the vendors' secrets and needs none.`);
}
