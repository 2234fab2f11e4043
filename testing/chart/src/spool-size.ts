import { outcomeOf, type Outcome } from './outcome.ts';
import { manifestsOf, namespace, render, type Manifest } from './render.ts';
import { startApiServer } from './testing/api-server.ts';

const message =
  /ingress\.spool has (\S+) and its claims were made with (\S+): Kubernetes cannot change them in place\. Follow "A larger spool"/;

/**
 * An upgrade whose claims are not those of the StatefulSet that is there: Kubernetes would refuse it, and every later one.
 * Helm is to say what to do instead, and to render once the StatefulSet is gone.
 */
export async function spoolSizeOutcomes(helm: string, kubernetes: string): Promise<Outcome[]> {
  const upgrade = async (set: string, live: readonly Manifest[]) => {
    const server = await startApiServer(namespace, live);
    try {
      const args = ['--set', set, '--dry-run=server', '--disable-openapi-validation'];
      return await render(helm, kubernetes, 'minimal', [...args, '--kubeconfig', server.kubeconfig]);
    } finally {
      await server.close();
    }
  };
  const installed = await upgrade('ingress.spool.size=8Gi', []);
  const live = manifestsOf(installed.stdout).filter(({ kind }) => kind === 'StatefulSet');
  const cases: [name: string, set: string, live: readonly Manifest[], said: string | null][] = [
    ['the same size', 'ingress.spool.size=8192Mi', live, null],
    ['another size', 'ingress.spool.size=20Gi', live, '20Gi 8Gi'],
    ['no spool', 'ingress.spool.enabled=false', live, '0 8Gi'],
    ['another size, when the StatefulSet is gone', 'ingress.spool.size=20Gi', [], null],
  ];
  const outcomes: Outcome[] = [];
  for (const [name, set, there, wanted] of cases) {
    const { stderr } = await upgrade(set, there);
    const [, has, had] = message.exec(stderr) ?? [];
    const said = has === undefined ? null : `${has} ${had}`;
    outcomes.push(outcomeOf(`spool: ${name}`, said === wanted ? [] : [`Helm said: ${stderr.trim()}`]));
  }
  return outcomes;
}
