/** What is sent for a value: the value, its SHA-256, or nothing. */
export type Redaction = 'keep' | 'hash' | 'drop';

export interface RedactionPolicy {
  /** Message texts, files and their addresses. Default: `drop`. */
  readonly text: Redaction;
  /** Fields of the visitor. Default: `drop`. */
  readonly contact: Redaction;
  /** Title, content and memo of cards: your own words. Default: `keep`. */
  readonly card: Redaction;
}

/** A group of values in an action, and the ones that are never personal. */
const groups: readonly [part: string, redaction: keyof RedactionPolicy, plain: readonly string[]][] = [
  ['message', 'text', ['msgType', 'fileSize', 'voiceDuration']],
  ['contact', 'contact', []],
  ['selected', 'contact', ['chatStatus']],
  ['card', 'card', ['eventId', 'imageUrl', 'url']],
];

type Part = Record<string, unknown>;

const canHash = (): boolean => 'subtle' in crypto;

/** Redacts an action in place. `hashed` and `leftOut` of the result list the fields that were hashed and removed. */
export async function redact(action: Part, policy: RedactionPolicy): Promise<Part> {
  const done: { hashed: string[]; leftOut: string[] } = { hashed: [], leftOut: [] };
  for (const [name, group, plain] of groups) {
    const part = action[name] as Part | undefined;
    // Browsers hash on secure origins alone.
    const redaction = policy[group] === 'hash' && !canHash() ? 'drop' : policy[group];
    if (!part || redaction === 'keep') continue;
    const redacted: Part = {};
    for (const field of Object.keys(part)) {
      if (plain.includes(field)) redacted[field] = part[field];
      else if (redaction === 'hash') {
        redacted[field] = await sha256(part[field]);
        done.hashed.push(`${name}.${field}`);
      } else done.leftOut.push(`${name}.${field}`);
    }
    action[name] = redacted;
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
