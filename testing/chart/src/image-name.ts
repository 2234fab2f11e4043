import { join } from 'node:path';
import { chartFolder } from './chart-folder.ts';
import { outcomeOf, type Outcome } from './outcome.ts';
import { containersOf, podOf } from './pods.ts';
import { manifestsOf, render } from './render.ts';
import { tryRun } from './tools/fetched.ts';

const repository = 'registry.example.com/data/sluice';
const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;

/** Every container has the image that the values name, and who names none is told what the chart's own name means. */
export async function imageNameOutcomes(helm: string, kubernetes: string): Promise<Outcome[]> {
  const named: [what: string, set: string[], expected: string][] = [
    ['a tag', ['image.tag=1.2.3'], `${repository}:1.2.3`],
    ['a digest', [`image.digest=${digest}`], `${repository}@${digest}`],
    ['a digest before a tag', ['image.tag=1.2.3', `image.digest=${digest}`], `${repository}@${digest}`],
  ];
  const outcomes: Outcome[] = [];
  for (const [what, set, expected] of named) {
    const args = [`image.repository=${repository}`, ...set].flatMap((one) => ['--set', one]);
    const { code, stdout, stderr } = await render(helm, kubernetes, 'minimal', args);
    const images = code === 0 ? manifestsOf(stdout).flatMap((one) => imagesOf(podOf(one))) : [];
    const wrong = images.filter((image) => image !== expected);
    const problems = images.length === 0 ? [`Nothing was rendered: ${stderr.trim()}`] : wrong;
    outcomes.push(outcomeOf(`the image by ${what}`, problems));
  }
  const warning = 'docker.io/library/sluice';
  const own = await notesOf(helm, []);
  outcomes.push(outcomeOf("the chart's own name is warned of", own.includes(warning) ? [] : [own]));
  const other = await notesOf(helm, ['--set', `image.repository=${repository}`]);
  outcomes.push(outcomeOf('another name is not', other.includes(warning) ? [other] : []));
  return outcomes;
}

function imagesOf(pod: ReturnType<typeof podOf>): string[] {
  return pod ? containersOf(pod).map(({ image = 'none' }) => image) : [];
}

/** What Helm says after an install, without a cluster; what went wrong instead of it. */
async function notesOf(helm: string, args: readonly string[]): Promise<string> {
  const values = join(chartFolder, 'ci/minimal-values.yaml');
  const { code, stdout, stderr } = await tryRun(join(helm, 'helm/helm'), [
    ...['install', 'sluice', chartFolder, '--dry-run=client', '--values', values],
    ...args,
  ]);
  return code === 0 ? stdout : stderr;
}
