import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chartFolder } from '../chart-folder.ts';
import { parseCommand } from '../environments.ts';
import { manifestsOf, render, type Manifest } from '../render.ts';
import { createReleaseStream, type ReleaseStream } from '../testing/release-stream.ts';
import { fetchTool, kubernetesVersions } from '../tools/catalogue.ts';
import { kubectlProblems } from './cluster-objects.ts';
import { commandsOf, isValue, valuePathsOf } from './page-commands.ts';
import { operatorPages } from './pages.ts';
import { tryHelm, tryKubectl } from './try-command.ts';

jest.setTimeout(300_000);

const pages = operatorPages();
const schema = JSON.parse(readFileSync(join(chartFolder, 'values.schema.json'), 'utf8')) as {
  properties: Record<string, object>;
};
const components = Object.keys(schema.properties);

/** Each command once, with the first page that shows it. */
const shown = new Map(
  pages
    .flatMap(({ path, text }) => commandsOf(text).map(({ words }) => ({ path, words })))
    .reverse()
    .map((one) => [one.words.join(' '), one]),
);
const commandsBy = (program: string) =>
  [...shown].filter(([, { words }]) => words[0] === program).map(([text, one]) => ({ text, ...one }));

/** Everything that a page may speak of: each part of the chart that is not there by default. */
const everything = [
  ...['--set', 'elasticsearch.retention=365d', '--set', 'adopt.claims={spool-sluice-ingress-3}'],
  ...['--set', 'networkPolicy.enabled=true', '--set', 'test.source=self-test'],
];
let manifests: Manifest[];
let [helm, kubectl] = ['', ''];
beforeAll(async () => {
  const fetched = await fetchTool('Helm 4');
  if (fetched.outcome === 'absent') throw new Error(fetched.reason);
  [helm, kubectl] = [join(fetched.path, 'helm/helm'), join(fetched.path, 'kubectl/kubectl')];
  const newest = kubernetesVersions.at(-1) ?? '';
  const { code, stdout, stderr } = await render(fetched.path, newest, 'minimal', everything);
  if (code !== 0) throw new Error(stderr);
  manifests = manifestsOf(stdout);
});

test.each(pages)('$path: every value of the chart that it names is one', ({ text }) => {
  expect(valuePathsOf(text, components).filter((path) => !isValue(schema, path))).toEqual([]);
});

test.each(commandsBy('kubectl'))('$path: $text', async ({ words }) => {
  expect(kubectlProblems(words, manifests)).toEqual([]);
  expect(await tryKubectl(kubectl, words)).toEqual([]);
});

test.each(commandsBy('helm'))('$path: $text', async ({ words }) => {
  expect(await tryHelm(helm, words)).toEqual([]);
});

/** Where a sample goes that is pushed, and what a page of no cluster names. */
const elsewhere = /^docs\/(?!operations\/(?:runbooks\/|recipes))|^helm/;
const env = {
  ...{ SLUICE_KAFKA_BROKERS: 'kafka:9092', SLUICE_REGISTRY_URL: 'http://registry' },
  ...{ SLUICE_CLICKHOUSE_URL: 'http://clickhouse', SLUICE_ELASTICSEARCH_URL: 'http://elasticsearch' },
  ...{ SLUICE_SOURCES_FILE: '/sources.yaml', SLUICE_INGRESS_URL: 'http://sluice-ingress:80' },
  SLUICE_INGRESS_OPS_URLS: 'http://sluice-ingress-pods:9090',
};

test.each(commandsBy('sluice'))('$path: $text is a command', async ({ words }) => {
  await expect(parseCommand(words.slice(1), env)).resolves.toBeUndefined();
});

describe('in the toolbox of a release', () => {
  let release: ReleaseStream;
  beforeAll(async () => {
    release = await createReleaseStream();
  });
  afterAll(() => release.remove());

  /** What cannot go well on a stream that nothing came to, and what it says then. */
  const unusual: readonly (readonly [RegExp, number, string])[] = [
    [/^sluice dlq show/, 1, 'There is no dead letter at 0/17'],
    [/^sluice partitions skip/, 1, 'nothing was skipped'],
    // No cluster: the name of ingress' pods leads nowhere, which its exit code says.
    [/^sluice refused/, 69, 'Ingress at http://sluice-ingress-pods:9090 (--ingress-ops) gave no answer: '],
  ];
  /** They need an ingress, or a folder of one: other tests run them. */
  const ofIngress = /^sluice (check path|spool (drain|wait))/;
  const run = commandsBy('sluice').filter(({ path, text }) => !elsewhere.test(path) && !ofIngress.test(text));

  test('there is something to run', () => {
    expect(run.length).toBeGreaterThan(8);
  });

  test.each(run)('$path: $text', async ({ text, words }) => {
    const args = words.slice(1).map((word) => word.replace(/^sluice\./, `${release.stream}.`));
    const { code, output } = await release.sluice(...args);
    const [, wanted = 0, message = ''] = unusual.find(([pattern]) => pattern.test(text)) ?? [];
    expect([code, output]).toEqual([wanted, expect.stringContaining(message)]);
  });
});

describe('a page that is wrong would be seen', () => {
  const problemsOf = async (command: string): Promise<string[]> => {
    const [{ words } = { words: [] as readonly string[] }] = commandsOf(`\`\`\`sh\n${command}\n\`\`\``);
    return words[0] === 'helm'
      ? tryHelm(helm, words)
      : [...kubectlProblems(words, manifests), ...(await tryKubectl(kubectl, words))];
  };

  test.each([
    ['kubectl exec deploy/sluice-toolbx -- sluice dlq list', 'No release has deployment/sluice-toolbx'],
    ['kubectl logs statefulset/sluice-normalizer --tail=10', 'No release has statefulset/sluice-normalizer'],
    ['kubectl logs deploy/sluice-normalizer -c worker', 'No release has worker'],
    ['kubectl logs -l app.kubernetes.io/component=ingres --tail=10', 'No release has app.kubernetes.io'],
    ['kubectl delete pvc spool-ingress-0', 'No release has pvc/spool-ingress-0'],
    ['kubectl logs deploy/sluice-normalizer --tial=10', 'unknown flag: --tial'],
    ['kubectl delete statefulset sluice-ingress --cascade=orphans', 'invalid cascade value'],
    ['helm upgrade sluice helm/sluice --reuse-values --set ingress.spool.max=1Gi', 'max'],
    ['helm upgrade sluice helm/sluice --reuse-value', 'unknown flag: --reuse-value'],
    ['helm rollbak sluice 3', 'unknown command'],
  ])('%s', async (command, message) => {
    expect((await problemsOf(command)).join('\n')).toContain(message);
  });

  test.each([
    ['`ingress.settings.spoolMaxBytes`', ['ingress.settings.spoolMaxBytes']],
    ['`ingress.spool.size: 20Gi`', []],
    ['`normalizer.settings.chunkRecords`', []],
    ['`ingress.resources.limits.memory` and `docs.md`', []],
  ])('values: %s', (page, wrong) => {
    expect(valuePathsOf(page, components).filter((path) => !isValue(schema, path))).toEqual(wrong);
  });

  test('a placeholder that nobody knows', () => {
    expect(() => commandsOf('```sh\nkubectl delete pod <whatever>\n```')).toThrow('<whatever>');
  });
});
