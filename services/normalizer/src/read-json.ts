import { parseTree, printParseErrorCode, type Node, type ParseError } from 'jsonc-parser';
import { leavesOf } from './json-leaves.ts';
import { createFields } from './fields.ts';
import type { Parsed, ParsedRecord } from './mapping.ts';
import type { Repair } from './repair.ts';

const maxDepth = 100;

/** A payload whose root is a JSON object. */
export interface JsonDocument {
  readonly outcome: 'read';
  readonly text: string;
  readonly root: Node;
  readonly repairs: readonly Repair[];
}

/** A member that stands above the records of a document, by the path that its values get in every record. */
export interface CommonMember {
  readonly path: string;
  readonly value: Node;
}

/** Reads a JSON object, with a comma behind its last members if need be. */
export function readJson(payload: Buffer): JsonDocument | Extract<Parsed, { outcome: 'unusable' }> {
  const text = payload.toString('utf8').replace(/^\uFEFF/, '');
  if (text.trim() === '') return { outcome: 'unusable', reason: 'EMPTY', detail: 'The body is empty.' };
  if (deeperThan(text, maxDepth)) return notJson(`The body is nested deeper than ${maxDepth} values.`);
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
  if (error) return notJson(`${printParseErrorCode(error.error)} at offset ${error.offset}.`);
  if (root?.type !== 'object') return notJson('The body is not a JSON object.');
  return { outcome: 'read', text, root, repairs: [...repairs] };
}

/** The members of an object, in the order they were sent; a name may be there twice. */
export function membersOf(node: Node): { name: string; value: Node | undefined }[] {
  return (node.children ?? []).map(({ children }) => ({
    name: String(children?.[0]?.value),
    value: children?.[1],
  }));
}

/**
 * One element of a list as a record. Numbers keep the text they were sent in. Of values with one path all are kept
 * in the order they were sent, so that the last one counts, and the record is counted.
 * @param list which holds the element; its path is `listPath`
 */
export function readListed(
  node: Node,
  list: Node,
  listPath: string,
  common: readonly CommonMember[],
  text: string,
): Omit<ParsedRecord, 'dataType' | 'messageId'> {
  const leaves = [
    ...leavesOf(node, node.type === 'object' ? null : listPath, text),
    ...common.flatMap(({ path, value }) => leavesOf(value, path, text)),
  ];
  const own = text.slice(node.offset, node.offset + node.length);
  const repairs: Repair[] = [];
  if (new Set(leaves.map(({ path }) => path)).size < leaves.length) repairs.push('repeated-name');
  if (leaves.some(({ isMended }) => isMended)) repairs.push('lone-surrogate');
  return {
    fields: createFields(leaves),
    repairs,
    content: own,
    isolate: () =>
      Buffer.from(`${text.slice(0, list.offset)}[${own}]${text.slice(list.offset + list.length)}`),
  };
}

function notJson(detail: string): Extract<Parsed, { outcome: 'unusable' }> {
  return { outcome: 'unusable', reason: 'NOT_JSON', detail };
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
