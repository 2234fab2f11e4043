import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withRelease } from './changelog.ts';
import { git } from './git.ts';
import { count, type Plan } from './plan-release.ts';

/**
 * Does the part of a release that is done on this machine: files, commit, tag. Nothing is pushed.
 * @param plan one that nothing refuses
 * @throws when a file is not as expected, or Git refuses; the files are then as they were before
 */
export function makeRelease(root: string, plan: Plan, day: string): void {
  const { version, tag, changes, files } = plan;
  if (plan.refusals.length > 0 || changes === null) throw new Error('This release is refused.');
  try {
    for (const file of files) rewrite(join(root, file), (text) => edits[file]?.(text, version, day) ?? text);
    git(root, ['add', '--', ...files]);
    git(root, ['commit', '--quiet', '--file=-'], `release: ${version}\n\n${summaryOf(plan)}\n`);
  } catch (error) {
    git(root, ['checkout', '--quiet', 'HEAD', '--', ...files]);
    throw error;
  }
  // By default Git takes lines that begin with # for comments, and the changes have headings.
  const message = `Sluice ${version}\n\n${changes.text}\n`;
  git(root, ['tag', '--annotate', '--cleanup=whitespace', '--file=-', tag], message);
}

/** How each file says the version. */
const edits: Readonly<Record<string, (text: string, version: string, day: string) => string>> = {
  'CHANGELOG.md': withRelease,
  'package.json': (text, version) => text.replace(/^( {2}"version": )".*"/m, `$1"${version}"`),
  // The root is in it twice: as the whole, and as its first package.
  'package-lock.json': (text, version) =>
    text
      .replace(/^( {2}"version": )".*"/m, `$1"${version}"`)
      .replace(/^( {6}"version": )".*"/m, `$1"${version}"`),
  'helm/sluice/Chart.yaml': (text, version) =>
    text.replace(/^(version|appVersion): .*$/gm, (_line, key: string) => `${key}: ${version}`),
};

function rewrite(file: string, edit: (text: string) => string): void {
  const text = readFileSync(file, 'utf8');
  const edited = edit(text);
  if (edited === text) throw new Error(`${file} has no place for the version: it is not as expected.`);
  writeFileSync(file, edited);
}

function summaryOf({ changes, git: { lastTag, subjects } }: Plan): string {
  const since = lastTag === null ? 'the first release' : `since ${lastTag}`;
  return `${count(changes?.entries ?? 0, 'entry', 'entries')} in the changelog, ${count(subjects.length, 'commit', 'commits')}: ${since}.`;
}
