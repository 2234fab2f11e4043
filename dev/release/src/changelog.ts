import { impacts, type Heading, type Impact } from './version.ts';

/** The section of CHANGELOG.md that collects what the next release has. */
const unreleased = '## Unreleased';

/** What changed since the last release, as CHANGELOG.md says it. */
export interface Changes {
  /** The text below the heading, trimmed. */
  readonly text: string;
  /** The headings in it, in their order. */
  readonly headings: readonly Heading[];
  /** How many changes are listed. */
  readonly entries: number;
  /** The gravest of the headings. */
  readonly impact: Impact;
}

/** `none`: nothing is written since the last release. `unusable`: what is written says no version. */
export type ReadChanges =
  | { readonly outcome: 'changes'; readonly changes: Changes }
  | { readonly outcome: 'none'; readonly reason: string }
  | { readonly outcome: 'unusable'; readonly reason: string };

const known = Object.keys(impacts) as Heading[];

/** Reads the section of what is not released. */
export function readChanges(changelog: string): ReadChanges {
  const text = sectionOf(changelog, unreleased);
  if (text === null) return unusable(`CHANGELOG.md has no section "${unreleased}": write it`);
  const headings = Array.from(text.matchAll(/^### (.*)$/gm), ([, heading = '']) => heading);
  const other = headings.find((heading) => !isHeading(heading));
  if (other !== undefined)
    return unusable(
      `CHANGELOG.md has the heading "${other}", which says nothing of the version: use ${known.join(', ')}`,
    );
  const entries = text.match(/^- /gm)?.length ?? 0;
  if (entries === 0)
    return {
      outcome: 'none',
      reason: `CHANGELOG.md lists no change below "${unreleased}": write what changed.`,
    };
  const used = headings.filter(isHeading);
  const impact = (['breaking', 'feature', 'fix'] as const).find((one) =>
    used.some((heading) => impacts[heading] === one),
  );
  if (impact === undefined)
    return unusable(`CHANGELOG.md lists changes below no heading: use ${known.join(', ')}`);
  return { outcome: 'changes', changes: { text, headings: used, entries, impact } };
}

/** The changelog with the section of what is not released named for a version. @param day `2026-11-29` */
export function withRelease(changelog: string, version: string, day: string): string {
  return changelog.replace(new RegExp(`^${unreleased}$`, 'm'), `${unreleased}\n\n${headingOf(version, day)}`);
}

export function headingOf(version: string, day: string): string {
  return `## ${version}, ${day}`;
}

/** The text of a version's section; null when it is not there. */
export function releaseNotes(changelog: string, version: string): string | null {
  const heading = changelog.split('\n').find((line) => line.startsWith(`## ${version}, `));
  return heading === undefined ? null : sectionOf(changelog, heading);
}

/** What stands between a heading of the second level and the next one, trimmed; null without the heading. */
function sectionOf(changelog: string, heading: string): string | null {
  const lines = changelog.split('\n');
  const from = lines.indexOf(heading);
  if (from < 0) return null;
  const length = lines.slice(from + 1).findIndex((line) => line.startsWith('## '));
  return lines
    .slice(from + 1, length < 0 ? undefined : from + 1 + length)
    .join('\n')
    .trim();
}

function isHeading(text: string): text is Heading {
  return (known as string[]).includes(text);
}

function unusable(reason: string): ReadChanges {
  return { outcome: 'unusable', reason: `${reason}.` };
}
