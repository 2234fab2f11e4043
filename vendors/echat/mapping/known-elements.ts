import { childPath, itemPath, pathRoot, type PathNode } from '@sluice/vendor-kit/mapping/path-tree';
import { hashOf, isAt } from '@sluice/vendor-kit/mapping/text-codes';

/** An element by its path, as documents have had it before. A document has every path once. */
export interface KnownElement {
  readonly at: PathNode;
  /** Character codes. */
  readonly name: Uint16Array;
  /** The first of the children with each name, by the hash of the name. Of two names with one hash only the first is known. */
  readonly children: Map<number, KnownElement>;
  /** The further siblings with this name. */
  readonly siblings: KnownElement[];
  /** How many siblings with this name the document `countedIn` has so far. */
  count: number;
  countedIn: number;
}

/** Documents have a few hundred. What a hostile one adds is forgotten again. */
const maxKnown = 2_000;
let known = 0;
let root = createKnown(pathRoot(), new Uint16Array());

/** Where the paths of a document begin. */
export function knownRoot(): KnownElement {
  if (known >= maxKnown) {
    known = 0;
    root = createKnown(root.at, root.name);
  }
  return root;
}

function createKnown(at: PathNode, name: Uint16Array): KnownElement {
  known += 1;
  return { at, name, children: new Map(), siblings: [], count: 0, countedIn: 0 };
}

/**
 * The element of the next child with a name; null when there is no room to remember it.
 * @param codes hold the name from `from` to `end`
 * @param document its number, another one for each
 * @throws {TooLarge}
 */
export function nextChild(
  parent: KnownElement,
  codes: Uint16Array,
  from: number,
  end: number,
  document: number,
): KnownElement | null {
  const hash = hashOf(codes, from, end);
  const met = parent.children.get(hash);
  if (met === undefined) return addChild(parent, codes.slice(from, end), hash, document);
  if (met.name.length !== end - from || !isAt(codes, from, met.name)) return null;
  if (met.countedIn !== document) {
    met.countedIn = document;
    met.count = 1;
    return met;
  }
  met.count += 1;
  return met.siblings[met.count - 2] ?? addSibling(met);
}

function addChild(
  parent: KnownElement,
  name: Uint16Array,
  hash: number,
  document: number,
): KnownElement | null {
  if (known >= maxKnown) return null;
  const child = createKnown(childPath(parent.at, Buffer.from(name.buffer).toString('utf16le')), name);
  child.countedIn = document;
  child.count = 1;
  parent.children.set(hash, child);
  return child;
}

function addSibling(first: KnownElement): KnownElement | null {
  if (known >= maxKnown) return null;
  const sibling = createKnown(itemPath(first.at, first.siblings.length + 1), first.name);
  first.siblings.push(sibling);
  return sibling;
}
