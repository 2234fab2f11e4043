import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { productionPackages } from '@sluice/cli/production-packages';
import { artifactsOf, repositoryOf, type Artifacts, type Repository } from './artifacts.ts';
import { headingOf, readChanges, type Changes } from './changelog.ts';
import { gitOrNull, readGitState, type GitState } from './git.ts';
import { readSchemas, type SchemaState } from './released-schemas.ts';
import { isAbove, isVersion, nextVersion } from './version.ts';

/** Everything that a release would do, and why it would be refused. */
export interface Plan {
  readonly version: string;
  /** Why it is this version. */
  readonly why: string;
  readonly tag: string;
  /** The heading that the changes get in CHANGELOG.md. */
  readonly heading: string;
  /** Null when the changelog has nothing that can be released. */
  readonly changes: Changes | null;
  /** The files that the release's commit changes. */
  readonly files: readonly string[];
  readonly git: GitState;
  readonly artifacts: Artifacts;
  /** Of the remote `origin`; `<owner>/<project>` where that is not on GitHub. */
  readonly repository: Repository;
  /** How many packages of others the bill of materials lists. */
  readonly packages: number;
  readonly schemas: SchemaState;
  /** Each says what is wrong and what to do. None: the release can be made. */
  readonly refusals: readonly string[];
}

export interface ReleaseRequest {
  readonly root: string;
  /** Null: the version follows from the changelog. */
  readonly version: string | null;
  /** Of the release, `2026-11-29`. */
  readonly day: string;
}

/** Every file that says the version. */
export const versionFiles = ['package.json', 'package-lock.json', 'helm/sluice/Chart.yaml'] as const;

/** Finds out what a release would do. Reads only. @throws when `root` is no checkout of this repository */
export function planRelease({ root, version: asked, day }: ReleaseRequest): Plan {
  const read = (file: string): string => readFileSync(join(root, file), 'utf8');
  const git = readGitState(root);
  const { version: current } = JSON.parse(read('package.json')) as { version: string };
  const answer = readChanges(read('CHANGELOG.md'));
  const changes = answer.outcome === 'changes' ? answer.changes : null;
  const { version, why } = chooseVersion({ asked, current, lastTag: git.lastTag, changes });
  const tag = `v${version}`;
  const former = git.lastTag && gitOrNull(root, ['show', `${git.lastTag}:schemas/released.json`]);
  const schemas = readSchemas(root, former);
  const repository = repositoryOf(git.remote ?? '') ?? '<owner>/<project>';
  return {
    ...{ version, why, tag, heading: headingOf(version, day), changes, git, repository, schemas },
    files: ['CHANGELOG.md', ...(version === current ? [] : versionFiles)],
    artifacts: artifactsOf(version, repository),
    packages: productionPackages(join(root, 'package-lock.json')).length,
    refusals: [
      ...gitRefusals(git),
      ...versionRefusals({ root, version, tag, lastTag: git.lastTag }),
      ...(answer.outcome === 'changes' ? [] : [answer.reason]),
      ...schemaRefusals(schemas),
    ],
  };
}

/** The version that is asked for, else the next one by the changelog, and why. */
function chooseVersion(from: {
  asked: string | null;
  current: string;
  lastTag: string | null;
  changes: Changes | null;
}): { version: string; why: string } {
  const { asked, current, lastTag, changes } = from;
  if (asked !== null) return { version: asked, why: 'it was asked for' };
  if (lastTag === null)
    return { version: current, why: 'no release was tagged yet, and package.json says so' };
  const last = lastTag.slice(1);
  if (changes === null) return { version: nextVersion(last, 'fix'), why: `it follows ${last}` };
  const reasons = {
    breaking: 'the changelog says what to do when you upgrade',
    feature: 'the changelog lists what is new or changed',
    fix: 'the changelog lists fixes alone',
  };
  return {
    version: nextVersion(last, changes.impact),
    why: `it follows ${last}, and ${reasons[changes.impact]}`,
  };
}

function gitRefusals({ branch, dirty, behind }: GitState): string[] {
  const shown = dirty.slice(0, 3).join(', ') + (dirty.length > 3 ? ', …' : '');
  return [
    ...(branch === 'main' ? [] : [`${branch ?? 'No branch'} is checked out: a release is made on main.`]),
    ...(dirty.length === 0
      ? []
      : [`${count(dirty.length, 'file is', 'files are')} not committed (${shown}): commit or remove them.`]),
    ...(behind === 0
      ? []
      : [
          `${count(behind, 'commit', 'commits')} of origin/main ${behind === 1 ? 'is' : 'are'} missing here: pull first.`,
        ]),
  ];
}

function versionRefusals(of: {
  root: string;
  version: string;
  tag: string;
  lastTag: string | null;
}): string[] {
  const { root, version, tag, lastTag } = of;
  if (!isVersion(version)) return [`"${version}" is no version: write one such as 1.2.3.`];
  if (gitOrNull(root, ['rev-parse', '--verify', '--quiet', `refs/tags/${tag}`]) !== null)
    return [`The tag ${tag} is there already: a release is never made again.`];
  if (lastTag !== null && !isAbove(version, lastTag.slice(1)))
    return [`${version} is not above ${lastTag.slice(1)}, the last release: choose a higher version.`];
  return [];
}

function schemaRefusals({ drafts, edited }: SchemaState): string[] {
  return [
    ...drafts.map(
      (file) => `schemas/${file} is a draft: run "npm run release -w schemas" and commit, or remove it.`,
    ),
    ...edited.map((file) => `schemas/${file} is not as it was released: put it back, and add a new version.`),
  ];
}

/** `1 file`, `2 files`. */
export function count(number: number, one: string, several: string): string {
  return `${number} ${number === 1 ? one : several}`;
}
