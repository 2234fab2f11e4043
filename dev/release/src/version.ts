/** What a change asks of the next version: the closed list of the changelog's headings, and what each means. */
export const impacts = {
  'To do when you upgrade': 'breaking',
  New: 'feature',
  Changed: 'feature',
  Fixed: 'fix',
} as const satisfies Record<string, Impact>;

export type Impact = 'breaking' | 'feature' | 'fix';
export type Heading = keyof typeof impacts;

const form = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$/;

/** Whether a text is a version of a release, `major.minor.patch`. There are no pre-releases. */
export function isVersion(text: string): boolean {
  return form.test(text);
}

/**
 * The version after `last`, by Semantic Versioning 2.0.0 (https://semver.org). Before 1.0.0 a breaking change raises
 * the minor version.
 * @throws when `last` is no version
 */
export function nextVersion(last: string, impact: Impact): string {
  const [major, minor, patch] = partsOf(last);
  if (impact === 'breaking' && major > 0) return `${major + 1}.0.0`;
  return impact === 'fix' ? `${major}.${minor}.${patch + 1}` : `${major}.${minor + 1}.0`;
}

/** Whether `version` is higher than `other`. @throws when one of them is no version */
export function isAbove(version: string, other: string): boolean {
  const [a, b] = [partsOf(version), partsOf(other)];
  const differing = a.findIndex((part, index) => part !== b[index]);
  return differing >= 0 && (a[differing] ?? 0) > (b[differing] ?? 0);
}

/** `0.2.1` → `0.2`. */
export function minorOf(version: string): string {
  return version.slice(0, version.lastIndexOf('.'));
}

function partsOf(version: string): [number, number, number] {
  const [, major, minor, patch] = form.exec(version) ?? [];
  if (patch === undefined) throw new Error(`"${version}" is no version such as 1.2.3.`);
  return [Number(major), Number(minor), Number(patch)];
}
