import { parseTree, printParseErrorCode, type Node, type ParseError } from 'jsonc-parser';
import { createFields, type Leaf } from '../fields.ts';
import type { Parsed, ParsedRecord, Repair } from '../mapping.ts';

const maxDepth = 100;

/**
 * Reads a Sobot envelope: one record for each element of `content`. Numbers keep the text they were sent in;
 * of a repeated name the last one counts, the others stay as `name#1`, and the record is counted.
 */
export function parseSobot(payload: Buffer, dataType: string): Parsed {
  const text = payload.toString('utf8').replace(/^\uFEFF/, '');
  if (text.trim() === '') return { outcome: 'unusable', reason: 'EMPTY', detail: 'The body is empty.' };
  if (deeperThan(text, maxDepth)) {
    return {
      outcome: 'unusable',
      reason: 'NOT_JSON',
      detail: `The body is nested deeper than ${maxDepth} values.`,
    };
  }
  const repairs = new Set<Repair>();
  if (text.includes('\uFFFD') && !isUtf8(payload)) repairs.add('invalid-utf-8');

  const errors: ParseError[] = [];
  let root = parseTree(text, errors, { disallowComments: true });
  if (errors.length > 0) {
    // The page's own sample has a comma behind its last member.
    errors.length = 0;
    root = parseTree(text, errors, { disallowComments: true, allowTrailingComma: true });
    repairs.add('trailing-comma');
  }
  const [error] = errors;
  if (error || root?.type !== 'object') {
    const detail = error
      ? `${printParseErrorCode(error.error)} at offset ${error.offset}.`
      : 'The body is not a JSON object.';
    return { outcome: 'unusable', reason: 'NOT_JSON', detail };
  }

  const members = new Map<string, Node>();
  for (const property of root.children ?? []) {
    const [name, value] = property.children ?? [];
    if (name && value) members.set(String(name.value), value);
  }
  const content = members.get('content');
  if (content?.type !== 'array') {
    return {
      outcome: 'unusable',
      reason: 'NO_ENVELOPE',
      detail: 'The content is not an array: is the source encrypted?',
    };
  }
  const envelope = [...members].filter(([name]) => name !== 'content' && name !== 'type');
  const records = (content.children ?? []).map((node) =>
    readRecord(node, content, envelope, text, dataType, repairs),
  );
  return { outcome: 'parsed', records, repairs: [...repairs] };
}

function readRecord(
  node: Node,
  content: Node,
  envelope: readonly [string, Node][],
  text: string,
  dataType: string,
  repairs: Set<Repair>,
): ParsedRecord {
  const leaves: Leaf[] = [];
  addLeaves(node, node.type === 'object' ? '' : 'content', text, leaves);
  for (const [name, value] of envelope) addLeaves(value, `envelope.${name}`, text, leaves);
  const unique = numberRepeated(leaves);
  if (unique !== leaves) repairs.add('repeated-name');
  const fields = createFields(unique);
  const own = text.slice(node.offset, node.offset + node.length);
  return {
    dataType,
    messageId: fields.peek('msgid') ?? '',
    fields,
    content: own,
    isolate: () =>
      Buffer.from(`${text.slice(0, content.offset)}[${own}]${text.slice(content.offset + content.length)}`),
  };
}

/** Every value below a node by its path: `params.KUID`, `fieldid[0]`. Empty objects and arrays are values too. */
function addLeaves(node: Node, path: string, text: string, leaves: Leaf[]): void {
  const children = node.children ?? [];
  if (node.type === 'object' && children.length > 0) {
    for (const property of children) {
      const [name, value] = property.children ?? [];
      if (name && value)
        addLeaves(value, path === '' ? String(name.value) : `${path}.${String(name.value)}`, text, leaves);
    }
  } else if (node.type === 'array' && children.length > 0) {
    children.forEach((child, index) => addLeaves(child, `${path}[${index}]`, text, leaves));
  } else if (node.type === 'string') {
    leaves.push({ path, value: String(node.value) });
  } else if (path !== '') {
    leaves.push({ path, value: text.slice(node.offset, node.offset + node.length) });
  }
}

/** @returns the same array when no path is there twice */
function numberRepeated(leaves: Leaf[]): Leaf[] {
  const last = new Map<string, number>();
  leaves.forEach(({ path }, index) => last.set(path, index));
  if (last.size === leaves.length) return leaves;
  const counts = new Map<string, number>();
  return leaves.map((leaf, index) => {
    if (last.get(leaf.path) === index) return leaf;
    const count = (counts.get(leaf.path) ?? 0) + 1;
    counts.set(leaf.path, count);
    return { path: `${leaf.path}#${count}`, value: leaf.value };
  });
}

/** Whether brackets outside of strings are nested deeper than this: the parser calls itself for each level. */
function deeperThan(text: string, limit: number): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charCodeAt(at);
    if (inString) {
      if (char === 0x5c) at += 1;
      else if (char === 0x22) inString = false;
    } else if (char === 0x22) inString = true;
    else if (char === 0x7b || char === 0x5b) {
      depth += 1;
      if (depth > limit) return true;
    } else if (char === 0x7d || char === 0x5d) depth -= 1;
  }
  return false;
}

function isUtf8(bytes: Buffer): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}
