import { accessProblems } from './least-access.ts';
import type { Manifest } from './render.ts';

const metadata = { name: 'sluice-one', labels: { 'app.kubernetes.io/component': 'one' } };
const env = [
  { name: 'SLUICE_KAFKA_BROKERS', value: 'a:9092,b:9093' },
  { name: 'SLUICE_REGISTRY_URL', value: 'https://registry/apis' },
];

const deployment = (args: string[], secret: object = {}): Manifest => ({
  ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata },
  spec: {
    template: {
      spec: { containers: [{ name: 'one', args, env }], volumes: [{ name: 'sources', secret }] },
    },
  },
});
const policy = (egress: object[]): Manifest => ({
  ...{ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata, spec: { egress } },
});
const names = { ports: [{ port: 53 }] };
const servers = (...ports: (number | string)[]) => ({ ports: ports.map((port) => ({ port })) });

test.each<[string, object[], string[]]>([
  ['its servers alone', [names, servers(9092, 9093, 443)], []],
  ["its servers and a pod of the chart's", [names, servers('http'), servers(9092, 9093, 443)], []],
  ['a store too', [names, servers(9092, 9093, 443, 8123)], ['It may reach port 8123 and needs it not.']],
  ['not all brokers', [names, servers(9092, 443)], ['It may not reach port 9093.']],
  ['every port of somebody', [names, { ports: null }], ['It may reach every port.']],
])('a policy that allows %s', (_, egress, problems) => {
  expect(accessProblems([deployment(['ingress']), policy(egress)])).toEqual(
    problems.map((problem) => `Deployment sluice-one: ${problem}`),
  );
});

test('a pod that no policy selects is told, where there are policies', () => {
  const other = { ...policy([]), metadata: { name: 'sluice-other' } };
  expect(accessProblems([deployment(['ingress']), other])).toEqual([
    'Deployment sluice-one: It has no network policy.',
  ]);
});

test.each<[string, string[], object, boolean]>([
  ['ingress, all of it', ['ingress'], {}, true],
  ['the check of the path, all of it', ['sluice', 'check', 'path'], {}, true],
  ['the normalizer, the file alone', ['normalizer'], { items: [{ key: 'sources.yaml' }] }, true],
  ['the normalizer, all of it', ['normalizer'], {}, false],
  [
    'the normalizer, a key too',
    ['normalizer'],
    { items: [{ key: 'sources.yaml' }, { key: 'token' }] },
    false,
  ],
])("the vendors' secrets: %s", (_, args, secret, isRight) => {
  expect(accessProblems([deployment(args, secret)])).toEqual(
    isRight ? [] : ["Deployment sluice-one: one mounts the vendors' secrets and needs none."],
  );
});

describe('a pod that pushes through the service of ingress, and asks its pods', () => {
  const labels = (component: string) => ({ 'app.kubernetes.io/component': component });
  const pushing: Manifest = {
    ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata },
    spec: {
      template: {
        spec: {
          containers: [
            {
              name: 'one',
              command: ['tini', '--', 'sleep', 'infinity'],
              env: [
                { name: 'SLUICE_INGRESS_URL', value: 'http://sluice-ingress:80' },
                { name: 'SLUICE_INGRESS_OPS_URLS', value: 'http://sluice-ingress-pods:9090' },
              ],
            },
          ],
          // All of it: a toolbox verifies, signs and decrypts.
          volumes: [{ name: 'sources', secret: {} }],
        },
      },
    },
  };
  const ofIngress = (from?: object[]): Manifest => ({
    ...{ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy' },
    metadata: { name: 'sluice-ingress', labels: labels('ingress') },
    spec: {
      ingress: [
        { ports: [{ port: 'http' }], ...(from ? { from } : {}) },
        { ports: [{ port: 'ops' }], from: [sampler('monitoring'), ...(from ?? [sampler('one')])] },
      ],
    },
  });
  const gateway = { namespaceSelector: {} };
  const sampler = (component: string) => ({ podSelector: { matchLabels: labels(component) } });

  const both = servers('http', 'ops');
  const neither = ['http', 'ops'].map((port) => `Ingress does not admit it at the port ${port}.`);
  test.each<[string, object[], object[] | undefined, string[]]>([
    ['reaches an ingress that anybody may push to', [both], undefined, []],
    ['is admitted', [both], [gateway, sampler('one')], []],
    ['is not admitted', [both], [gateway], neither],
    ['another is admitted', [both], [sampler('two')], neither],
    [
      'does not get out',
      [servers(53)],
      undefined,
      ['http', 'ops'].map((port) => `It may not reach the port ${port} of ingress.`),
    ],
    ['does not get to the pods', [servers('http')], undefined, ['It may not reach the port ops of ingress.']],
  ])('%s', (_, egress, from, problems) => {
    expect(accessProblems([pushing, policy(egress), ofIngress(from)])).toEqual(
      problems.map((problem) => `Deployment sluice-one: ${problem}`),
    );
  });
});

/** A pod that reads a file of the volume `kafka`, which has what is given of a Secret. */
const reading = (file: string, path: string, secret = 'sluice-ingress', mountPath = '/kafka'): Manifest => ({
  ...{ apiVersion: 'v1', kind: 'Pod', metadata },
  spec: {
    containers: [
      {
        name: 'one',
        env: [{ name: 'SLUICE_KAFKA_PASSWORD_FILE', value: file }],
        volumeMounts: [{ name: 'kafka', mountPath }],
      },
    ],
    volumes: [
      {
        name: 'kafka',
        projected: { sources: [{ secret: { name: secret, items: [{ key: 'any', path }] } }] },
      },
    ],
  },
});

test.each<[string, string[]]>([
  ['sluice-ingress', []],
  ['sluice-toolbox', ['It logs in by the Secret sluice-toolbox, and there is no such KafkaUser.']],
])('where the release makes the users of Kafka, a pod that logs in by %s', (name, problems) => {
  const user: Manifest = {
    ...{ apiVersion: 'kafka.strimzi.io/v1', kind: 'KafkaUser', metadata: { name: 'sluice-ingress' } },
  };
  const pod = reading('/kafka/password', 'password', name);
  expect(accessProblems([pod, user])).toEqual(problems.map((problem) => `Pod sluice-one: ${problem}`));
});

test.each<[string, Manifest, string[]]>([
  ['is there', reading('/kafka/password', 'password'), []],
  [
    'is not in the volume',
    reading('/kafka/password', 'tls.crt'),
    ['one reads /kafka/password, which is not mounted.'],
  ],
  [
    'is elsewhere',
    reading('/kafka/password', 'password', 'sluice-ingress', '/etc'),
    ['one reads /kafka/password, which is not mounted.'],
  ],
])('a file that a pod logs in with %s', (_, pod, problems) => {
  expect(accessProblems([pod])).toEqual(problems.map((problem) => `Pod sluice-one: ${problem}`));
});

test('what one logs in to Kafka with is not for a container that does not', () => {
  const pod = reading('/kafka/password', 'password');
  const { containers, volumes } = pod.spec as { containers: object[]; volumes: object[] };
  const spec = { volumes, containers: [{ ...containers[0], env: [] }] };
  expect(accessProblems([{ ...pod, spec }])).toEqual([
    'Pod sluice-one: one mounts what one logs in to Kafka with.',
  ]);
});
