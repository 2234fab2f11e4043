import type { Leaf } from '../fields.ts';

/** A node as fast-xml-parser gives it in document order: one key that is the name, and `:@` for attributes. */
export type XmlNode = Record<string, unknown>;

/** The document is nested deeper than any vendor's. */
export class TooDeep extends Error {}

const maxDepth = 100;
const attributesKey = ':@';

/**
 * Every value of a document by its path below the root: `chatData.chatRecordId`; siblings of one name are
 * numbered, `staffKpis.staffKpi[1].staffId`; attributes stand behind an @, text beside elements at `#text`.
 */
export function leavesOf(document: readonly XmlNode[]): Leaf[] {
  const leaves: Leaf[] = [];
  const root = document.find((node) => isElement(nameOf(node)));
  if (root) visit(root, '', 0, leaves);
  return leaves;
}

function visit(node: XmlNode, path: string, depth: number, leaves: Leaf[]): void {
  if (depth > maxDepth) throw new TooDeep(`The document is nested deeper than ${maxDepth} elements.`);
  addAttributes(node, path, leaves);
  const children = node[nameOf(node)] as XmlNode[];
  const elements = children.filter((child) => isElement(nameOf(child)));
  const text = textOf(children);
  if (elements.length === 0) {
    if (path !== '' || text.trim() !== '') leaves.push({ path: path || '#text', value: text });
    return;
  }
  if (text.trim() !== '') leaves.push({ path: below(path, '#text'), value: text });
  const counts = new Map<string, number>();
  for (const child of elements) counts.set(nameOf(child), (counts.get(nameOf(child)) ?? 0) + 1);
  const seen = new Map<string, number>();
  for (const child of elements) {
    const name = nameOf(child);
    const index = seen.get(name) ?? 0;
    seen.set(name, index + 1);
    visit(child, below(path, counts.get(name) === 1 ? name : `${name}[${index}]`), depth + 1, leaves);
  }
}

function addAttributes(node: XmlNode, path: string, leaves: Leaf[]): void {
  const attributes = node[attributesKey] as Record<string, unknown> | undefined;
  for (const [name, value] of Object.entries(attributes ?? {})) {
    leaves.push({ path: `${path}@${name.replace(/^@_/, '')}`, value: String(value) });
  }
}

/** With a CDATA section its content alone counts: the vendor puts spaces and newlines around it. */
function textOf(children: readonly XmlNode[]): string {
  const sections = children.filter((child) => '#cdata' in child);
  if (sections.length === 0)
    return children.map((child) => ('#text' in child ? String(child['#text']) : '')).join('');
  const outside = children.map((child) => ('#text' in child ? String(child['#text']) : '')).join('');
  const inside = sections.map((child) => textOf(child['#cdata'] as XmlNode[])).join('');
  return outside.trim() === '' ? inside : children.map(textOfPart).join('');
}

function textOfPart(child: XmlNode): string {
  if ('#text' in child) return String(child['#text']);
  return '#cdata' in child ? textOf(child['#cdata'] as XmlNode[]) : '';
}

function nameOf(node: XmlNode): string {
  return Object.keys(node).find((key) => key !== attributesKey) ?? '';
}

function isElement(name: string): boolean {
  return name !== '' && !name.startsWith('#');
}

function below(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}
