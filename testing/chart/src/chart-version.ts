import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chartFolder } from './chart-folder.ts';
import { outcomeOf, type Outcome } from './outcome.ts';
import { manifestsOf, nameOf, render, type Manifest } from './render.ts';

interface Templates {
  readonly template?: object;
  readonly jobTemplate?: object;
}

/** What Kubernetes makes pods of: it makes new ones when it changes. */
const templateOf = ({ spec }: Manifest): object | undefined => {
  const { template, jobTemplate } = (spec ?? {}) as Templates;
  return template ?? jobTemplate;
};

/**
 * Renders the chart, and a copy of it with another version, and looks for templates of pods that are different: an upgrade
 * of the chart alone would restart them.
 */
export async function chartVersionOutcomes(helm: string, kubernetes: string): Promise<Outcome[]> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-chart-'));
  try {
    cpSync(chartFolder, folder, { recursive: true });
    const file = join(folder, 'Chart.yaml');
    const next = readFileSync(file, 'utf8').replace(/^version: .*$/m, 'version: 99.0.0');
    writeFileSync(file, next);
    const outcomes: Outcome[] = [];
    for (const values of ['minimal', 'full']) {
      const [now, then] = await Promise.all([
        render(helm, kubernetes, values),
        render(helm, kubernetes, values, [], folder),
      ]);
      const isChanged = now.stdout !== then.stdout;
      const after = new Map(manifestsOf(then.stdout).map((one) => [nameOf(one), templateOf(one)]));
      const restarted = manifestsOf(now.stdout)
        .filter((one) => JSON.stringify(templateOf(one)) !== JSON.stringify(after.get(nameOf(one))))
        .map((one) => `${nameOf(one)} is another one.`);
      const problems = isChanged ? restarted : ['Nothing changed: the check proves nothing.'];
      outcomes.push(outcomeOf(`a new version of the chart, ${values}`, problems));
    }
    return outcomes;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
