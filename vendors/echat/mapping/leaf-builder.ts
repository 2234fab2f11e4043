import { payloadLimits } from '@sluice/raw-event/payload-limits';
import { TooLarge, type Budget } from '@sluice/vendor-kit/mapping/budget';
import type { Leaf } from '@sluice/vendor-kit/mapping/fields';
import {
  checkName,
  childPath,
  itemPath,
  pathRoot,
  type PathNode,
} from '@sluice/vendor-kit/mapping/path-tree';

/** Takes a document's parts in their order; `finish` gives every value by its path below the root. */
export interface LeafBuilder {
  /** @throws {TooLarge} */
  readonly open: (name: string) => void;
  /** Of the element that was opened last, before anything else of it. @throws {TooLarge} */
  readonly attribute: (name: string, value: string) => void;
  readonly text: (text: string) => void;
  readonly cdata: (text: string) => void;
  /** @throws {TooLarge} */
  readonly close: () => void;
  readonly finish: () => Leaf[];
}

interface OpenElement {
  readonly at: PathNode;
  /** How often a name was among the children; null while there are none. */
  children: Map<string, number> | null;
  text: string;
  /** What was in CDATA sections; null without one. */
  cdata: string | null;
  /** Whether all text outside of CDATA is white space. */
  blankOutside: boolean;
}

const root = pathRoot();

/**
 * `chatData.chatRecordId`: names joined by dots. Of siblings with one name the first has the bare name, the
 * others are numbered: `staffKpis.staffKpi[1].staffId`. Attributes are behind an @; text next to child
 * elements at `#text`, unless it is white space alone. An element without children is a value, even if empty.
 * Where only white space is around a CDATA section its content alone counts: the vendor indents them.
 */
export function createLeafBuilder(budget: Budget): LeafBuilder {
  const leaves: Leaf[] = [];
  const stack: OpenElement[] = [];
  let top: OpenElement | undefined;

  return {
    open(name) {
      if (stack.length > payloadLimits.depth)
        throw new TooLarge(`The document is nested deeper than ${payloadLimits.depth} elements.`);
      const at = top ? pathBelow(top, name) : root;
      top = { at, children: null, text: '', cdata: null, blankOutside: true };
      stack.push(top);
    },
    attribute(name, value) {
      if (!top) return;
      checkName(name);
      addLeaf(leaves, `${top.at.path}@${name}`, value, budget);
    },
    text(text) {
      if (!top) return;
      top.text += text;
      top.blankOutside &&= isBlank(text);
    },
    cdata(text) {
      if (!top) return;
      top.text += text;
      top.cdata = (top.cdata ?? '') + text;
    },
    close() {
      const closed = stack.pop();
      top = stack[stack.length - 1];
      if (closed) addValue(closed, leaves, budget);
    },
    finish: () => leaves,
  };
}

function pathBelow(parent: OpenElement, name: string): PathNode {
  const first = childPath(parent.at, name);
  parent.children ??= new Map();
  const earlier = parent.children.get(name) ?? 0;
  parent.children.set(name, earlier + 1);
  return earlier === 0 ? first : itemPath(first, earlier);
}

function addValue(element: OpenElement, leaves: Leaf[], budget: Budget): void {
  const { at, children, text, cdata, blankOutside } = element;
  const value = cdata !== null && blankOutside ? cdata : text;
  const isBlankText = blankOutside && (cdata === null || isBlank(cdata));
  if (children === null && at.path !== '') addLeaf(leaves, at.path, value, budget);
  else if (!isBlankText) addLeaf(leaves, childPath(at, '#text').path, value, budget);
}

function addLeaf(leaves: Leaf[], path: string, value: string, budget: Budget): void {
  budget.leaf(path, value);
  leaves.push({ path, value });
}

/** White space as XML has it: a no-break or ideographic space is text. */
function isBlank(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charCodeAt(at);
    if (char !== 0x20 && char !== 0x0a && char !== 0x09 && char !== 0x0d) return false;
  }
  return true;
}
