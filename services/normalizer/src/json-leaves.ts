import type { Node } from 'jsonc-parser';
import type { Leaf } from './fields.ts';
import { knownPath } from './known-path.ts';

export interface JsonLeaf extends Leaf {
  /** Its path or value held half a character, which UTF-8 cannot: it is written as its escape, `\\ud83d`. */
  readonly isMended?: boolean;
}

/**
 * Every value of a JSON tree by its path: `params.KUID`, `fieldid[0]`. Empty objects and arrays are values too,
 * and so is null. Two values may have one path: a name that is there twice, or that holds dots or brackets.
 * @param path null for a record itself, which is no value and whose members' paths are their names
 * @param text what the tree was parsed from: numbers keep their digits
 */
export function leavesOf(node: Node, path: string | null, text: string): JsonLeaf[] {
  const leaves: JsonLeaf[] = [];
  visit(node, path, text, leaves);
  return leaves;
}

function visit(node: Node, path: string | null, text: string, leaves: JsonLeaf[]): void {
  const children = node.children ?? [];
  if (node.type === 'object' && children.length > 0) {
    for (const { children: [name, value] = [] } of children) {
      const own = String(name?.value);
      if (value) visit(value, path === null ? own : `${path}.${own}`, text, leaves);
    }
  } else if (node.type === 'array' && children.length > 0) {
    children.forEach((child, index) => visit(child, `${path ?? ''}[${index}]`, text, leaves));
  } else if (path !== null) {
    const sent = text.slice(node.offset, node.offset + node.length);
    const value = node.type === 'string' ? String(node.value) : sent;
    const isNull = node.type === 'null';
    if (path.isWellFormed() && value.isWellFormed()) leaves.push({ path: knownPath(path), value, isNull });
    else leaves.push({ path: mend(path), value: mend(value), isNull, isMended: true });
  }
}

const mend = (text: string): string =>
  text.replaceAll(/\p{Surrogate}/gu, (half) => `\\u${half.charCodeAt(0).toString(16)}`);
