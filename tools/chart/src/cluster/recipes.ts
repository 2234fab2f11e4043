import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from '../chart-folder.ts';
import { outcomeOf, type Outcome } from '../outcome.ts';
import { namespace } from '../render.ts';
import { tryRun, type Run } from '../tools/fetched.ts';

/** Four fifths of the 20Gi that the recipe asks for. */
const largerBytes = String((20 * 1024 ** 3 * 4) / 5);

interface Programs {
  readonly helm: string;
  readonly kubectl: string;
  readonly kubeconfig: string;
}

/**
 * Runs the commands of "A larger spool" in docs/recipes.md as they stand there, on a cluster whose pods kwok plays: with a
 * fixed number of pods, and with autoscaling.
 */
export async function largerSpoolOutcomes(programs: Programs): Promise<Outcome[]> {
  const [, patch = '', anew = '', autoscaled = ''] = blocksOf('A larger spool');
  const [orphaned = ''] = anew.split('\n');
  const outcomes: Outcome[] = [];
  for (const [name, mode, count, script] of [
    ['a larger spool', 'none', 2, `${patch}\n${anew}`],
    ['a larger spool with autoscaling', 'hpa', 4, `${patch}\n${orphaned}\n${autoscaled}`],
  ] as const) {
    const values = join(root, 'helm/sluice/ci/minimal-values.yaml');
    const install = `helm install sluice helm/sluice -f ${values} --set autoscaling.mode=${mode} --no-hooks`;
    const scale = `kubectl scale statefulset sluice-ingress --replicas=${count}`;
    const problems: string[] = [];
    const must = async (commands: string): Promise<string> => {
      const { code, stdout, stderr } = await shell(programs, commands);
      if (code !== 0) problems.push(`${commands}: ${stderr.trim()}`);
      return stdout;
    };
    await must(`${install}\n${scale}\nkubectl rollout status statefulset/sluice-ingress --timeout=60s`);
    const alone = await shell(
      programs,
      'helm upgrade sluice helm/sluice --reuse-values --no-hooks --set ingress.spool.size=20Gi',
    );
    if (alone.code === 0) problems.push('The size alone can be changed: the recipe is needed no more.');
    if (problems.length === 0) await must(script);
    if (problems.length === 0) {
      await must('kubectl rollout status statefulset/sluice-ingress --timeout=60s');
      problems.push(...(await differences(must, count)));
    }
    await must(
      'helm uninstall sluice --wait\nkubectl delete pvc -l app.kubernetes.io/component=ingress --timeout=60s',
    );
    outcomes.push(outcomeOf(`docs/recipes.md: ${name}`, problems));
  }
  return outcomes;
}

/** What is not as it should be: as many pods as before, with the new limit, and as many claims of the new size. */
async function differences(ask: (command: string) => Promise<string>, count: number): Promise<string[]> {
  const selector = '-l app.kubernetes.io/component=ingress';
  const limit = '{.spec.containers[0].env[?(@.name=="SLUICE_SPOOL_MAX_BYTES")].value}';
  const limits = await ask(
    `kubectl get pods ${selector} -o jsonpath='{range .items[*]}${limit}{"\\n"}{end}'`,
  );
  const sizes = await ask(
    `kubectl get pvc ${selector} -o jsonpath='{range .items[*]}{.spec.resources.requests.storage}{"\\n"}{end}'`,
  );
  const expected = (value: string): string => `${value}\n`.repeat(count);
  return [
    ...(limits === expected(largerBytes) ? [] : [`The pods may spool ${limits.replaceAll('\n', ' ')}.`]),
    ...(sizes === expected('20Gi') ? [] : [`The claims are ${sizes.replaceAll('\n', ' ')}.`]),
  ];
}

/** The shell blocks of a section of docs/recipes.md. */
function blocksOf(title: string): string[] {
  const page = readFileSync(join(root, 'docs/recipes.md'), 'utf8');
  const [, section = ''] = page.split(`\n## ${title}\n`);
  const blocks = (section.split('\n## ')[0] ?? '').matchAll(/^```sh\n([\s\S]*?)\n```$/gm);
  return [...blocks].map(([, block = '']) => block);
}

/** Runs lines as a person does in the namespace, until one fails. */
function shell({ helm, kubectl, kubeconfig }: Programs, lines: string): Promise<Run> {
  const path = [dirname(helm), dirname(kubectl), process.env.PATH].join(':');
  const env = { PATH: path, KUBECONFIG: kubeconfig, HELM_NAMESPACE: namespace };
  const choose = `kubectl config set-context --current --namespace=${namespace} > /dev/null`;
  return tryRun('bash', ['-e', '-o', 'pipefail', '-c', `${choose}\n${lines}`], { env, cwd: root });
}
