import { parseArgs, styleText } from 'node:util';
import { makeRelease } from './make-release.ts';
import { planRelease } from './plan-release.ts';
import { renderPlan, type Paint } from './render-plan.ts';

const usage = `npm run release -- [version] [--dry-run]

  version     Default: the next one by the headings of CHANGELOG.md
  --dry-run   show everything that the release does, and change nothing; exit 1 when it would be refused

Without --dry-run it changes the files, commits and tags, and says what to push. It pushes nothing.
`;

const paint: Paint = (style, text) => styleText(style, text, { stream: process.stdout });
const say = (line: string): void => void process.stdout.write(`${line}\n`);

process.exitCode = main(process.cwd());

/** @returns the exit code: 0 done, 1 refused or failed, 2 usage */
function main(root: string): number {
  let options: Options | 'help';
  try {
    options = readOptions();
  } catch (error) {
    say(`${messageOf(error)}\n\n${usage}`);
    return 2;
  }
  if (options === 'help') {
    say(usage);
    return 0;
  }
  const { version, isDryRun } = options;
  const day = new Date().toISOString().slice(0, 10);
  try {
    const plan = planRelease({ root, version, day });
    say(`${paint('bold', `Release ${plan.version}`)}${isDryRun ? ' (dry run)' : ''}\n`);
    say(renderPlan(plan, paint));
    if (plan.refusals.length > 0) {
      say(`\n${paint('red', isDryRun ? 'It would be refused:' : 'It is refused:')}`);
      for (const refusal of plan.refusals) say(`  ${paint('red', '✗')} ${refusal}`);
      say('\nNothing was changed.');
      return 1;
    }
    if (isDryRun) {
      say('\nNothing was changed. Make it: npm run release');
      return 0;
    }
    makeRelease(root, plan, day);
    say(`\n${paint('green', '✓')} ${plan.version} is committed and tagged. Nothing was pushed.

Publish it:   git push --atomic origin main ${plan.tag}
Or undo it:   git tag --delete ${plan.tag} && git reset --keep HEAD~1`);
    return 0;
  } catch (error) {
    say(messageOf(error));
    return 1;
  }
}

interface Options {
  /** Null for the next one. */
  readonly version: string | null;
  readonly isDryRun: boolean;
}

/** @throws an error about arguments that cannot be used */
function readOptions(): Options | 'help' {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      'dry-run': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  if (positionals.length > 1) throw new Error(`One version, not ${positionals.length}.`);
  return { version: positionals[0] ?? null, isDryRun: values['dry-run'] };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
