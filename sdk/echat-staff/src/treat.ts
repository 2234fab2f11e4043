/** What becomes of a value before it leaves the browser: as it is, its SHA-256, or nothing. */
export type Treatment = 'keep' | 'hash' | 'drop';

export interface Treatments {
  /** What was said: texts, files and their addresses. `drop` unless told. */
  readonly text: Treatment;
  /** What is known of the visitor. `drop` unless told. */
  readonly contact: Treatment;
  /** Title, content and memo of cards: your own words. `keep` unless told. */
  readonly card: Treatment;
}

/** A group of values in an action, and the ones that are never personal. */
const groups: readonly [part: string, treatment: keyof Treatments, plain: readonly string[]][] = [
  ['message', 'text', ['msgType', 'fileSize', 'voiceDuration']],
  ['contact', 'contact', []],
  ['selected', 'contact', ['chatStatus']],
  ['card', 'card', ['eventId', 'imageUrl', 'url']],
];

type Part = Record<string, unknown>;

const canHash = (): boolean => 'subtle' in crypto;

/** Treats an action in place, and says in it what was hashed and what is left out. */
export async function treat(action: Part, treatments: Treatments): Promise<Part> {
  const done: { hashed: string[]; leftOut: string[] } = { hashed: [], leftOut: [] };
  for (const [name, group, plain] of groups) {
    const part = action[name] as Part | undefined;
    // Browsers hash on secure origins alone.
    const treatment = treatments[group] === 'hash' && !canHash() ? 'drop' : treatments[group];
    if (!part || treatment === 'keep') continue;
    const treated: Part = {};
    for (const field of Object.keys(part)) {
      if (plain.includes(field)) treated[field] = part[field];
      else if (treatment === 'hash') {
        treated[field] = await sha256(part[field]);
        done.hashed.push(`${name}.${field}`);
      } else done.leftOut.push(`${name}.${field}`);
    }
    action[name] = treated;
  }
  return {
    ...action,
    ...(done.hashed.length && { hashed: done.hashed }),
    ...(done.leftOut.length && { leftOut: done.leftOut }),
  };
}

async function sha256(value: unknown): Promise<string> {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return `sha256:${[...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}
