import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { artifactsOf, type Artifacts, type Repository } from './artifacts.ts';
import { releaseNotes } from './changelog.ts';
import { readSchemas } from './released-schemas.ts';
import { isVersion } from './version.ts';

/** What a pushed tag publishes, or why nothing may be published of it. */
export type TaggedRelease =
  | {
      readonly outcome: 'release';
      readonly version: string;
      readonly artifacts: Artifacts;
      readonly notes: string;
    }
  | { readonly outcome: 'refused'; readonly reasons: readonly string[] };

/**
 * Holds a tag against the files of its checkout: anybody who may push can push a tag, and only `npm run release` makes
 * one whose files agree. Reads files only, and needs no package.
 */
export function describeTag(root: string, tag: string, repository: Repository): TaggedRelease {
  const version = tag.slice(1);
  if (!tag.startsWith('v') || !isVersion(version))
    return { outcome: 'refused', reasons: [`"${tag}" is no tag of a release such as v1.2.3.`] };
  const read = (file: string): string => readFileSync(join(root, file), 'utf8');
  const manifest = JSON.parse(read('package.json')) as { version: string };
  const lock = JSON.parse(read('package-lock.json')) as { version: string };
  const chart = read('helm/sluice/Chart.yaml');
  const said = {
    'package.json': manifest.version,
    'package-lock.json': lock.version,
    'version of helm/sluice/Chart.yaml': /^version: (.*)$/m.exec(chart)?.[1],
    'appVersion of helm/sluice/Chart.yaml': /^appVersion: (.*)$/m.exec(chart)?.[1],
  };
  const notes = releaseNotes(read('CHANGELOG.md'), version);
  const { drafts, edited } = readSchemas(root, null);
  const reasons = [
    ...Object.entries(said)
      .filter(([, other]) => other !== version)
      .map(([place, other]) => `The tag is ${tag}, and the ${place} says ${other ?? 'nothing'}.`),
    ...(notes === null || notes === '' ? [`CHANGELOG.md says nothing of ${version}.`] : []),
    ...drafts.map((file) => `schemas/${file} is a draft.`),
    ...edited.map((file) => `schemas/${file} is not as it was released.`),
  ];
  if (reasons.length > 0 || notes === null) return { outcome: 'refused', reasons };
  return { outcome: 'release', version, artifacts: artifactsOf(version, repository), notes };
}
