import { join } from 'node:path';
import { tryRun } from './tools/fetched.ts';

/** Findings that are meant to be so, each with its reason. */
const meant: Readonly<Record<string, string>> = {
  'container-resources/CPU limit is not set':
    'A limit throttles a pod that has idle CPU next to it, and p99 with it; the request is what is scheduled by.',
  'pod-networkpolicy':
    'networkPolicy.enabled makes them; off by default, since rules without peers help nobody.',
  'container-security-context-user-group-id':
    "OpenShift's SCC chooses users and groups (ci/openshift-values.yaml); the chart's own are above 10000.",
  'container-image-pull-policy': 'Tags are of releases and are not written twice; a digest may replace it.',
  'statefulset-has-host-podantiaffinity':
    'Topology spread constraints spread over nodes and over zones, and let a small cluster start.',
  'deployment-has-host-podantiaffinity':
    'Topology spread constraints spread over nodes and over zones, and let a small cluster start.',
};

interface Scored {
  readonly object_name: string;
  readonly checks: readonly {
    readonly check: { readonly id: string };
    readonly grade: number;
    readonly skipped: boolean;
    readonly comments: readonly { readonly summary: string }[] | null;
  }[];
}

/** What kube-score has against the manifests, but for what is meant to be so. 10 is a grade without findings. */
export async function kubeScoreProblems(
  folder: string,
  kubernetes: string,
  manifests: string,
): Promise<{ problems: string[]; used: Set<string> }> {
  const version = `v${kubernetes.split('.').slice(0, 2).join('.')}`;
  const { stdout, stderr } = await tryRun(
    join(folder, 'kube-score'),
    ['score', '--output-format', 'json', '--kubernetes-version', version, '-'],
    { input: manifests },
  );
  if (!stdout.trim().startsWith('['))
    return { problems: [`kube-score said: ${stderr.trim()}`], used: new Set() };
  const problems: string[] = [];
  const used = new Set<string>();
  for (const { object_name, checks } of JSON.parse(stdout) as Scored[]) {
    for (const { check, grade, comments, skipped } of checks) {
      if (skipped || grade >= 10) continue;
      for (const { summary } of comments ?? []) {
        const reason = [check.id, `${check.id}/${summary}`].find((key) => key in meant);
        if (reason === undefined) problems.push(`${object_name}: ${check.id}: ${summary}`);
        else used.add(reason);
      }
    }
  }
  return { problems, used };
}

/** Findings that are excused and no longer found. */
export const unusedExcuses = (used: ReadonlySet<string>): string[] =>
  Object.keys(meant).filter((key) => !used.has(key));
