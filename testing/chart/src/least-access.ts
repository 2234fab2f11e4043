import { sinks, urlVariable } from '@sluice/cli/sinks';
import { ownContainersOf, podOf, type PodSpec } from './pods.ts';
import { nameOf, type Manifest } from './render.ts';
import { isToolbox } from './toolbox.ts';

/** What must be reached by anybody who has it in its environment. */
const places = [
  'SLUICE_KAFKA_BROKERS',
  'SLUICE_KAFKA_OAUTH_TOKEN_URL',
  'SLUICE_REGISTRY_URL',
  ...sinks.map(urlVariable),
  'OTEL_EXPORTER_OTLP_ENDPOINT',
];
/** By the first words of a container's arguments: who verifies or decrypts, and anybody who signs as a vendor would. */
const needSecrets = ['ingress', 'sluice check', 'sluice doctor'];
/** Ports of ingress by what names them in the environment or the arguments of who uses them. */
const portsOfIngress: readonly (readonly [pattern: RegExp, port: string])[] = [
  [/^http:\/\/[-\w]+-ingress:/, 'http'],
  [/^http:\/\/[-\w]+-ingress-pods:/, 'ops'],
];

function portsOfIngressFor(pod: PodSpec): string[] {
  const texts = ownContainersOf(pod).flatMap(({ args = [], env = [] }) => [
    ...args,
    ...env.map(({ value = '' }) => value),
  ]);
  return portsOfIngress
    .filter(([pattern]) => texts.some((text) => pattern.test(text)))
    .map(([, port]) => port);
}

interface Rule {
  readonly ports?: readonly { readonly port: number | string }[] | null;
  readonly from?: readonly { readonly podSelector?: { readonly matchLabels?: Record<string, string> } }[];
}

/**
 * Holds each pod's network policy against the servers that its environment names, and ingress' own against the pods that
 * push; looks for the vendors' secrets in pods that need none, and for users of Kafka that the release does not make.
 * @returns a message for each pod that may reach another server, cannot reach one of its own, or has secrets to read
 */
export function accessProblems(manifests: readonly Manifest[]): string[] {
  const policies = manifests.filter(({ kind }) => kind === 'NetworkPolicy');
  const users = manifests.filter(({ kind }) => kind === 'KafkaUser').map(({ metadata }) => metadata.name);
  return manifests.flatMap((manifest) => {
    const pod = podOf(manifest);
    if (!pod) return [];
    const component = componentOf(manifest);
    const policy = policies.find((one) => componentOf(one) === component);
    const problems = [
      ...secretProblems(pod),
      ...fileProblems(pod),
      ...(users.length > 0 ? userProblems(pod, users) : []),
      ...(policy ? egressProblems(pod, policy) : []),
      ...(policy
        ? portsOfIngressFor(pod).flatMap((port) => ingressProblems(component, port, policy, policies))
        : []),
      ...(policies.length > 0 && !policy ? ['It has no network policy.'] : []),
    ];
    return problems.map((problem) => `${nameOf(manifest)}: ${problem}`);
  });
}

const componentOf = ({ metadata }: Manifest): string | undefined =>
  metadata.labels?.['app.kubernetes.io/component'];

function egressProblems(pod: PodSpec, policy: Manifest): string[] {
  const { egress } = policy.spec as { egress: readonly Rule[] };
  if (egress.some(({ ports }) => !ports || ports.length === 0)) return ['It may reach every port.'];
  const allowed = new Set(egress.flatMap(({ ports }) => ports ?? []).map(({ port }) => port));
  // Names, and what is a pod of the chart.
  for (const port of [53, 'http', 'ops']) allowed.delete(port);
  const needed = new Set<number | string>(
    ownContainersOf(pod)
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

/** Whether a pod that uses a port of ingress gets out, and in: by its own policy and by that of ingress. */
function ingressProblems(
  component: string | undefined,
  port: string,
  own: Manifest,
  policies: readonly Manifest[],
): string[] {
  const opens = (rules: readonly Rule[]): Rule[] =>
    rules.filter(({ ports }) => ports?.some((one) => one.port === port));
  const { egress } = own.spec as { egress: readonly Rule[] };
  const ofIngress = policies.find((one) => componentOf(one) === 'ingress')?.spec as
    { ingress: readonly Rule[] } | undefined;
  const admits = ({ from }: Rule): boolean =>
    !from ||
    from.some(({ podSelector }) => podSelector?.matchLabels?.['app.kubernetes.io/component'] === component);
  return [
    ...(opens(egress).length === 0 ? [`It may not reach the port ${port} of ingress.`] : []),
    ...(ofIngress && !opens(ofIngress.ingress).some(admits)
      ? [`Ingress does not admit it at the port ${port}.`]
      : []),
  ];
}

/** Of a URL, or of `host:port`. */
function portOf(place: string): number {
  const { port, protocol } = new URL(place.includes('://') ? place : `kafka://${place}`);
  return Number(port || { 'http:': 80, 'https:': 443 }[protocol]);
}

function secretProblems(pod: PodSpec): string[] {
  const mounted = volumeOf(pod, 'sources');
  const keys = mounted?.secret?.items?.map(({ key }) => key);
  if (!mounted || keys?.join() === 'sources.yaml') return [];
  return ownContainersOf(pod)
    .filter((one) => !isToolbox(one) && !needSecrets.some((words) => one.args?.join(' ').startsWith(words)))
    .map(({ name }) => `${name} mounts the vendors' secrets and needs none.`);
}

/** Where the release makes the users, every pod logs in as one of them. @param users by the names of their Secrets */
function userProblems(pod: PodSpec, users: readonly string[]): string[] {
  const sources = (volumeOf(pod, 'kafka')?.projected?.sources ?? []).flatMap(({ secret }) => secret ?? []);
  return sources
    .filter(({ items }) => items.some(({ path }) => path === 'password' || path === 'tls.crt'))
    .filter(({ name }) => !users.includes(name))
    .map(({ name }) => `It logs in by the Secret ${name}, and there is no such KafkaUser.`);
}

interface Volume {
  readonly secret?: { readonly items?: readonly Item[] };
  readonly projected?: {
    readonly sources: readonly {
      readonly secret?: { readonly name: string; readonly items: readonly Item[] };
    }[];
  };
}
interface Item {
  readonly key: string;
  readonly path: string;
}

const volumeOf = (pod: PodSpec, name: string): Volume | undefined =>
  pod.volumes?.find((one) => one.name === name);

/** Files by which one logs in to Kafka: those that a container names are there, and nobody else has them. */
function fileProblems(pod: PodSpec): string[] {
  const sources = volumeOf(pod, 'kafka')?.projected?.sources ?? [];
  const there = sources.flatMap(({ secret }) => secret?.items ?? []).map(({ path }) => path);
  return ownContainersOf(pod).flatMap(({ name, env = [], volumeMounts = [] }) => {
    const folder = volumeMounts.find((mount) => mount.name === 'kafka')?.mountPath ?? '/nowhere';
    const named = env.filter(({ name: variable }) => /^SLUICE_KAFKA_.*_FILE$/.test(variable));
    return [
      ...named
        .filter(({ value = '' }) => !there.some((path) => value === `${folder}/${path}`))
        .map(({ value }) => `${name} reads ${value}, which is not mounted.`),
      ...(folder !== '/nowhere' && named.length === 0
        ? [`${name} mounts what one logs in to Kafka with.`]
        : []),
    ];
  });
}
