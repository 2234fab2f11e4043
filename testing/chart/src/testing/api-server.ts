import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { Manifest } from '../render.ts';

/** As much of Kubernetes' API as Helm asks when it renders: which kinds there are, and objects by their name. */
export interface ApiServer {
  /** Of a file that leads Helm here. */
  readonly kubeconfig: string;
  close(): Promise<void>;
}

/** What the chart makes, by group and version. */
const kinds = {
  v1: ['ConfigMap', 'Secret', 'Service', 'ServiceAccount'],
  'apps/v1': ['Deployment', 'StatefulSet'],
  'autoscaling/v2': ['HorizontalPodAutoscaler'],
  'batch/v1': ['CronJob', 'Job'],
  'keda.sh/v1alpha1': ['ScaledObject', 'TriggerAuthentication'],
  'policy/v1': ['PodDisruptionBudget'],
} as const;

const pathOf = (apiVersion: string): string => (apiVersion === 'v1' ? '/api/v1' : `/apis/${apiVersion}`);
const pluralOf = (kind: string): string => `${kind.toLowerCase()}s`;

function discovery(): [path: string, answer: object][] {
  const groups = Object.keys(kinds).flatMap((groupVersion) => {
    const [name, version] = groupVersion.split('/');
    const preferredVersion = { groupVersion, version };
    return version === undefined ? [] : [{ name, versions: [preferredVersion], preferredVersion }];
  });
  return [
    ['/version', { major: '1', minor: '33', gitVersion: 'v1.33.0' }],
    ['/api', { kind: 'APIVersions', versions: ['v1'] }],
    ['/apis', { kind: 'APIGroupList', apiVersion: 'v1', groups }],
    ...Object.entries(kinds).map(([groupVersion, names]): [string, object] => [
      pathOf(groupVersion),
      {
        ...{ kind: 'APIResourceList', apiVersion: 'v1', groupVersion },
        resources: names.map((kind) => ({
          ...{ name: pluralOf(kind), singularName: '', namespaced: true, kind, verbs: ['get'] },
        })),
      },
    ]),
  ];
}

/** @param objects what is in the cluster, in one namespace */
export async function startApiServer(namespace: string, objects: readonly Manifest[]): Promise<ApiServer> {
  const answers = new Map<string, object>([
    ...discovery(),
    ...objects.map((object): [string, object] => [
      `${pathOf(object.apiVersion)}/namespaces/${namespace}/${pluralOf(object.kind)}/${object.metadata.name}`,
      object,
    ]),
  ]);
  const server = createServer((request, response) => {
    const answer = answers.get(new URL(request.url ?? '/', 'http://localhost').pathname);
    response.writeHead(answer ? 200 : 404, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify(
        answer ?? { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'NotFound', code: 404 },
      ),
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const folder = mkdtempSync(join(tmpdir(), 'sluice-api-'));
  const kubeconfig = join(folder, 'kubeconfig');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  writeFileSync(
    kubeconfig,
    stringify({
      ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'c' },
      clusters: [{ name: 'c', cluster: { server: url } }],
      contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
      users: [{ name: 'u', user: {} }],
    }),
  );
  return {
    kubeconfig,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true });
    },
  };
}
