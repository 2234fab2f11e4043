import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { root } from '../chart-folder.ts';
import { outcomeOf, type Outcome } from '../outcome.ts';
import { namespace } from '../render.ts';
import { tryRun } from '../tools/fetched.ts';

interface Programs {
  readonly helm: string;
  readonly kubectl: string;
  readonly kubeconfig: string;
}

/** Runs lines as a person does in the namespace of the release. @returns what they print @throws when one fails */
type Shell = (lines: string) => Promise<string>;

/** @returns a message for each thing that is not as the page says */
type Recipe = (shell: Shell, folder: string) => Promise<string[]>;

const recipes: readonly (readonly [name: string, autoscaling: string, recipe: Recipe])[] = [
  ['a larger spool', 'none', largerSpool(2, ([, patch = '', anew = '']) => [patch, anew])],
  [
    'a larger spool with autoscaling',
    'hpa',
    largerSpool(4, ([, patch = '', anew = '', scaled = '']) => [patch, anew.split('\n')[0] ?? '', scaled]),
  ],
  ['a moved zone', 'none', movedZone],
];

/** Runs commands of docs/operations/recipes.md as they are there, on a cluster whose pods kwok plays. */
export async function recipeOutcomes(programs: Programs): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const [name, autoscaling, recipe] of recipes) {
    const folder = mkdtempSync(join(tmpdir(), 'sluice-recipe-'));
    symlinkSync(join(root, 'helm'), join(folder, 'helm'));
    const shell = shellOf(programs, folder);
    const problems: string[] = [];
    const step = async (work: () => Promise<unknown>): Promise<void> => {
      await work().catch((error: unknown) => problems.push(String(error)));
    };
    await step(() =>
      shell(`helm install sluice helm/sluice -f helm/sluice/ci/minimal-values.yaml --set autoscaling.mode=${autoscaling}
${settled}`),
    );
    if (problems.length === 0) await step(async () => problems.push(...(await recipe(shell, folder))));
    await step(() =>
      shell(`helm uninstall sluice --wait
kubectl delete pvc -l app.kubernetes.io/component=ingress --timeout=60s`),
    );
    rmSync(folder, { recursive: true });
    outcomes.push(outcomeOf(`docs/operations/recipes.md: ${name}`, problems));
  }
  return outcomes;
}

const settled = 'kubectl rollout status statefulset/sluice-ingress --timeout=60s';
const ofIngress = '-l app.kubernetes.io/component=ingress';

/** @param count of pods that run @param chosen of the section's shell blocks, those that are run */
function largerSpool(count: number, chosen: (blocks: readonly string[]) => readonly string[]): Recipe {
  return async (shell) => {
    await shell(`kubectl scale statefulset sluice-ingress --replicas=${count}\n${settled}`);
    const alone = 'helm upgrade sluice helm/sluice --reuse-values --set ingress.spool.size=20Gi';
    const isRefused = await shell(alone).then(
      () => false,
      () => true,
    );
    for (const block of chosen(blocksOf('A larger spool', 'sh'))) await shell(block);
    await shell(settled);
    const limit = '{.spec.containers[0].env[?(@.name=="SLUICE_SPOOL_MAX_BYTES")].value}';
    const limits = await linesOf(shell, `pods ${ofIngress}`, limit);
    const sizes = await linesOf(shell, `pvc ${ofIngress}`, '{.spec.resources.requests.storage}');
    const each = (value: string): string => Array.from({ length: count }, () => value).join();
    return [
      ...(isRefused ? [] : ['The size alone can be changed: the recipe is needed no more.']),
      // Four fifths of a claim.
      ...(limits === each(String((20 * 1024 ** 3 * 4) / 5)) ? [] : [`The pods may spool ${limits}.`]),
      ...(sizes === each('20Gi') ? [] : [`The claims are of ${sizes}.`]),
    ];
  };
}

async function movedZone(shell: Shell, folder: string): Promise<string[]> {
  const [look = '', keep = '', recover = ''] = blocksOf('A moved zone', 'sh');
  const [manifest = ''] = blocksOf('A moved zone', 'yaml');
  await shell(look);
  const [asking = '', ...keeping] = keep.split('\n');
  const volume = await shell(asking);
  const filled = (text: string): string =>
    text.replaceAll('<volume>', volume).replaceAll('<class>', 'standard').replaceAll('<size>', '8Gi');
  await shell(filled(keeping.join('\n')));
  // The old claim, then the new pod.
  for (const [what, place] of [
    ['jsonpath={.status.phase}=Released', `pv/${volume}`],
    ['create', 'pod/sluice-ingress-1'],
    ['condition=Ready', 'pod/sluice-ingress-1'],
  ] as const)
    await shell(`kubectl wait --for=${what} ${place} --timeout=60s`);
  const other = await shell(asking);
  writeFileSync(join(folder, 'spool-recovered.yaml'), filled(manifest));
  await shell(filled(recover));
  const phase = await shell(`kubectl get pv ${volume} -o jsonpath={.status.phase}`);
  return [
    ...(other === volume ? ['The pod has the old volume.'] : []),
    ...(phase === 'Released' ? [] : [`The old volume is ${phase}: no claim had it.`]),
  ];
}

const linesOf = async (shell: Shell, what: string, path: string): Promise<string> =>
  (await shell(`kubectl get ${what} -o jsonpath='{range .items[*]}${path}{"\\n"}{end}'`))
    .trim()
    .replaceAll('\n', ',');

/** The blocks of a section of docs/operations/recipes.md. */
function blocksOf(title: string, language: string): string[] {
  const page = readFileSync(join(root, 'docs/operations/recipes.md'), 'utf8');
  const [, section = ''] = page.split(`\n## ${title}\n`);
  const blocks = (section.split('\n## ')[0] ?? '').matchAll(
    new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)\\n\`\`\`$`, 'gm'),
  );
  return [...blocks].map(([, block = '']) => block);
}

function shellOf({ helm, kubectl, kubeconfig }: Programs, cwd: string): Shell {
  const path = [dirname(helm), dirname(kubectl), process.env.PATH].join(delimiter);
  const env = { PATH: path, KUBECONFIG: kubeconfig, HELM_NAMESPACE: namespace };
  const choose = `kubectl config set-context --current --namespace=${namespace} > /dev/null`;
  return async (lines) => {
    const { code, stdout, stderr } = await tryRun(
      'bash',
      ['-e', '-o', 'pipefail', '-c', `${choose}\n${lines}`],
      { env, cwd },
    );
    if (code !== 0) throw new Error(`${lines}: ${stderr.trim()}`);
    return stdout;
  };
}
