import type { TextRange } from '@sluice/simulator/push';

/** A Sobot push before encryption. */
export interface SobotEnvelope {
  readonly text: string;
  /** What Sobot encrypts: of calllog each record, of every other type the whole `content`. */
  readonly secretParts: readonly TextRange[];
}

/**
 * Puts records of one type into an envelope. The members are in the order of Sobot's samples, which differs by
 * type: user and calllog begin with `type`, and calllog has no `sys_code`.
 * @param records JSON texts
 */
export function sobotEnvelope(type: string, records: readonly string[]): SobotEnvelope {
  const heads: Readonly<Record<string, string>> = {
    user: '{"type":"user","sys_code":"21","content":',
    calllog: '{"type":"calllog","content":',
  };
  const head = heads[type] ?? `{"sys_code":"21","type":${JSON.stringify(type)},"content":`;
  const content = `[${records.join(',')}]`;
  const whole = { start: head.length, end: head.length + content.length };
  return {
    text: `${head}${content}}`,
    secretParts: type === 'calllog' ? elementRanges(records, whole.start + 1) : [whole],
  };
}

function elementRanges(elements: readonly string[], start: number): TextRange[] {
  let position = start;
  return elements.map((element) => {
    const range = { start: position, end: position + element.length };
    position = range.end + 1;
    return range;
  });
}

/**
 * Finds a member's value in JSON that need not be valid, as one of Sobot's samples is not: strings and brackets are
 * followed, commas are not looked at.
 * @param text one JSON object
 * @param name of a member whose value is an array, an object or a string, and whose name occurs nowhere before it
 * @throws Error when there is no such member
 */
export function locateJsonMember(text: string, name: string): TextRange {
  const member = new RegExp(`"${name}"\\s*:\\s*`).exec(text);
  if (member === null) throw new Error(`The JSON has no member ${name}.`);
  const start = member.index + member[0].length;
  const token = /"(?:[^"\\]|\\.)*"|[[\]{}]/gs;
  token.lastIndex = start;
  let depth = 0;
  for (let found = token.exec(text); found !== null; found = token.exec(text)) {
    if (found[0] === '[' || found[0] === '{') depth += 1;
    else if (found[0] === ']' || found[0] === '}') depth -= 1;
    if (depth === 0) return { start, end: token.lastIndex };
  }
  throw new Error(`The JSON's member ${name} has no end.`);
}
