import { globSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './chart-folder.ts';
import { outcomeOf, skipped, type Outcome } from './outcome.ts';
import { tryRun, type Fetched } from './tools/fetched.ts';

/** A workflow that asks for a permission that there is not, and takes an output that no step has. */
const wrong = `on: push
permissions: {}
jobs:
  one:
    runs-on: ubuntu-24.04
    permissions:
      unheard-of: write
    steps:
      - run: echo \${{ steps.unknown.outputs.x }}
`;

/** Holds .github/workflows against what GitHub knows. What a shell makes of their commands is not looked at. */
export async function workflowOutcomes(fetched: Fetched): Promise<Outcome[]> {
  if (fetched.outcome === 'absent') return [skipped('actionlint', fetched.reason)];
  const lint = (args: string[], input = ''): ReturnType<typeof tryRun> =>
    tryRun(
      join(fetched.path, 'actionlint'),
      ['-no-color', '-oneline', '-shellcheck=', '-pyflakes=', ...args],
      {
        input,
        cwd: root,
      },
    );
  const files = globSync('.github/workflows/*.yml', { cwd: root });
  const right = await lint(files);
  const refused = await lint(['-'], wrong);
  const isSeen = refused.stdout.includes('unheard-of') && refused.stdout.includes('unknown');
  return [
    outcomeOf(
      `actionlint of ${files.join(', ')}`,
      right.code === 0 ? [] : [`${right.stdout}${right.stderr}`.trim()],
    ),
    outcomeOf('actionlint sees what is wrong', isSeen ? [] : ['A wrong workflow passed.']),
  ];
}
