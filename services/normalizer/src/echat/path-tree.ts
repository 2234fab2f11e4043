import { knownPath } from '../known-path.ts';

/** The paths of elements below an element: the same text is the same string in every document. */
export interface PathNode {
  /** `chatData.chatRecordId`; empty for the root. */
  readonly path: string;
  readonly children: Map<string, PathNode>;
}

/** As in `known-path.ts`: what hostile documents name is not remembered without end. */
const maxRemembered = 10_000;

const root: PathNode = { path: '', children: new Map() };
let remembered = 0;

export const rootPath = (): PathNode => root;

/** The path of a child, found without joining names once it was met. */
export function childPath(parent: PathNode, name: string): PathNode {
  const met = parent.children.get(name);
  if (met) return met;
  const path = parent.path === '' ? name : `${parent.path}.${name}`;
  if (remembered >= maxRemembered) return { path, children: new Map() };
  remembered += 1;
  const child: PathNode = { path: knownPath(path), children: new Map() };
  parent.children.set(name, child);
  return child;
}
