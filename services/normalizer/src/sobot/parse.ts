import { parseTree, printParseErrorCode, type Node, type ParseError } from 'jsonc-parser';
import { createFields, type Leaf } from '../fields.ts';
import type { Parsed, ParsedRecord } from '../mapping.ts';
import type { Repair } from '../repair.ts';
import { leavesOf } from './leaves-of.ts';

const maxDepth = 100;

/** A member of the envelope, by the path that its values get in every record. */
interface EnvelopeMember {
  readonly path: string;
  readonly value: Node;
}

interface Envelope {
  readonly content: Node;
  readonly others: readonly EnvelopeMember[];
}

/**
 * Reads a Sobot envelope: one record for each element of `content`, with the envelope's other members at
 * `envelope.…`. Numbers keep the text they were sent in. Of values with one path all are kept in the order
 * they were sent, so that the last one counts, and the record is counted.
 */
export function parseSobot(payload: Buffer, dataType: string): Parsed {
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

  const envelope = openEnvelope(root, dataType);
  if (!envelope) {
    const detail = 'The content is not an array: is the source encrypted?';
    return { outcome: 'unusable', reason: 'NO_ENVELOPE', detail };
  }
  const records = (envelope.content.children ?? []).map((node) => readRecord(node, envelope, text, dataType));
  return { outcome: 'parsed', records, repairs: [...repairs] };
}

function notJson(detail: string): Parsed {
  return { outcome: 'unusable', reason: 'NOT_JSON', detail };
}

/**
 * The last `content` counts; an earlier one is kept with the other members. A `type` that says what the
 * record's data type says is not.
 * @returns null when the content is no array
 */
function openEnvelope(root: Node, dataType: string): Envelope | null {
  const members = (root.children ?? []).map(({ children }) => ({
    name: String(children?.[0]?.value),
    value: children?.[1],
  }));
  const content = members.findLast(({ name }) => name === 'content')?.value;
  if (content?.type !== 'array') return null;
  const others = members.flatMap(({ name, value }) =>
    value === undefined || value === content || (name === 'type' && value.value === dataType)
      ? []
      : [{ path: `envelope.${name}`, value }],
  );
  return { content, others };
}

function readRecord(node: Node, { content, others }: Envelope, text: string, dataType: string): ParsedRecord {
  const leaves = [
    ...leavesOf(node, node.type === 'object' ? null : 'content', text),
    ...others.flatMap(({ path, value }) => leavesOf(value, path, text)),
  ];
  const fields = createFields(leaves);
  const own = text.slice(node.offset, node.offset + node.length);
  const repairs: Repair[] = [];
  if (hasRepeatedPath(leaves)) repairs.push('repeated-name');
  if (leaves.some(({ isMended }) => isMended)) repairs.push('lone-surrogate');
  return {
    dataType,
    messageId: fields.peek('msgid') ?? '',
    fields,
    repairs,
    content: own,
    isolate: () =>
      Buffer.from(`${text.slice(0, content.offset)}[${own}]${text.slice(content.offset + content.length)}`),
  };
}

function hasRepeatedPath(leaves: readonly Leaf[]): boolean {
  return new Set(leaves.map(({ path }) => path)).size < leaves.length;
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
