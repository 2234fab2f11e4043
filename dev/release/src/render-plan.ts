import { styleText } from 'node:util';
import { count, type Plan } from './plan-release.ts';

type Style = Parameters<typeof styleText>[0];
/** Gives a text a style, or leaves it as it is. */
export type Paint = (style: Style, text: string) => string;

/** All that a release does, for people to read. */
export function renderPlan(plan: Plan, paint: Paint): string {
  const sections: [title: string, lines: string[]][] = [
    ['Version', [`${paint('bold', plan.version)}: ${plan.why}.`]],
    ['Commits', commitLines(plan)],
    ['Changelog', changelogLines(plan, paint)],
    ['Schemas', schemaLines(plan)],
    ['On this machine', localLines(plan)],
    ['By the workflow', workflowLines(plan)],
  ];
  const width = Math.max(...sections.map(([title]) => title.length)) + 2;
  return sections
    .map(([title, lines]) =>
      lines.map((line, index) => paint('cyan', (index === 0 ? title : '').padEnd(width)) + line).join('\n'),
    )
    .join('\n\n');
}

/** How many commits since the last release, by scope: the most frequent first. */
function commitLines({ git: { subjects, lastTag } }: Plan): string[] {
  const since = lastTag === null ? 'since the beginning' : `since ${lastTag}`;
  const scopes = Map.groupBy(subjects, (subject) => /^([\w-]+)!?: /.exec(subject)?.[1] ?? 'without a scope');
  const counts = [...scopes].map(([scope, of]) => [scope, of.length] as const).sort((a, b) => b[1] - a[1]);
  const shown = counts.slice(0, 6).map(([scope, number]) => `${scope} ${number}`);
  const rest = counts.length > 6 ? [`${counts.length - 6} more`] : [];
  return [`${subjects.length} ${since}: ${[...shown, ...rest].join(', ')}.`];
}

function changelogLines({ changes, heading }: Plan, paint: Paint): string[] {
  if (changes === null) return ['Nothing that can be released.'];
  const bar = paint('dim', '│');
  return [
    `${count(changes.entries, 'entry gets', 'entries get')} the heading "${heading}":`,
    ...changes.text.split('\n').map((line) => `${bar} ${line}`),
  ];
}

function schemaLines({ schemas: { fresh, released, drafts } }: Plan): string[] {
  const all = Object.keys(released).length;
  const lines =
    fresh.length === 0
      ? [`None is new: all ${all} were in the last release.`]
      : fresh.length === all
        ? [`All ${all} are released for the first time:`, ...inColumns(fresh)]
        : [`${fresh.length} of ${all} are released for the first time:`, ...inColumns(fresh)];
  return [...lines, ...drafts.map((file) => `${file}  a draft, not released`)];
}

function localLines({ files, version, tag }: Plan): string[] {
  return [
    `files    ${files.join(', ')}`,
    `commit   "release: ${version}"`,
    `tag      ${tag}, with the changelog's text`,
  ];
}

/** What `.github/workflows/release.yml` does once the tag is pushed. */
function workflowLines({ artifacts, repository, version, packages, tag }: Plan): string[] {
  const { image, imageTags, platforms, chart, chartFile, chartRegistry, sbomFile } = artifacts;
  return [
    `begins when ${tag} is pushed, and publishes when .ci/run has passed`,
    `image        ${imageTags.map((one) => `${image}:${one}`).join(', ')}`,
    `             for ${platforms.join(' and ')}`,
    `chart        ${chartFile}, version ${version}, appVersion ${version}`,
    `             to ${chartRegistry}`,
    `SBOM         ${sbomFile}, CycloneDX 1.5, ${packages} packages of others`,
    '             from the image, attached to the GitHub release',
    'provenance   of the image and the chart: SLSA 1.0, signed by Sigstore, kept next to them in the registry',
    '             of the SBOM: an attestation of the image',
    `             gh attestation verify oci://${image}:${version} --repo ${repository}`,
    `             gh attestation verify oci://${chart}:${version} --repo ${repository}`,
    `release      ${tag} on GitHub, with the changelog's text, ${chartFile} and ${sbomFile}`,
  ];
}

/** Names in rows of three. */
function inColumns(names: readonly string[]): string[] {
  const width = Math.max(...names.map((name) => name.length)) + 2;
  const rows = Array.from({ length: Math.ceil(names.length / 3) }, (_row, index) =>
    names.slice(3 * index, 3 * index + 3),
  );
  return rows.map((row) =>
    row
      .map((name) => name.padEnd(width))
      .join('')
      .trimEnd(),
  );
}
