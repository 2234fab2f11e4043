import { payloadLimits } from '@sluice/raw-event/payload-limits';
import { TooLarge } from './budget.ts';
import { escapeHalves } from './half-characters.ts';

/**
 * The paths of values: names joined by dots, the index of a list's item in brackets, `staffKpis.staffKpi[1].staffId`.
 * A name that could be taken for more than one step is written as JSON in brackets, `["params.KUID"]`, so that no
 * name poses as nested values. The same path is the same string in every record.
 */
export interface PathNode {
  /** Empty for the root. */
  readonly path: string;
  /** A name in it held half a character, which UTF-8 cannot: it is written as its escape. */
  readonly hasHalf: boolean;
  members: Map<string, PathNode> | null;
  items: Map<number, PathNode> | null;
}

/** Records name a few hundred paths; a hostile one must not fill the memory with others. */
const maxRemembered = 10_000;
let remembered = 0;

const node = (path: string, hasHalf: boolean): PathNode => ({ path, hasHalf, members: null, items: null });

/**
 * Where the paths of a record begin.
 * @param reserved names that stand for what is no value of the record itself: a member of the record that has such a
 *   name is written in brackets, `["gateway"].staff`
 */
export function pathRoot(reserved: readonly string[] = []): PathNode {
  const root = node('', false);
  root.members = new Map(reserved.map((name) => [name, node(bracketed(name), false)]));
  return root;
}

/** The path of a member or child element, found without joining names once it was met. @throws {TooLarge} */
export function childPath(parent: PathNode, name: string): PathNode {
  checkName(name);
  const met = parent.members?.get(name);
  if (met) return met;
  const step = /^$|[.[]/.test(name) ? bracketed(name) : name;
  const isHalf = !step.isWellFormed();
  const written = isHalf ? escapeHalves(step) : step;
  const path = parent.path === '' ? written : `${parent.path}.${written}`;
  if (remembered >= maxRemembered) return checked(node(path, parent.hasHalf || isHalf));
  const child = checked(node(unique(path), parent.hasHalf || isHalf));
  parent.members ??= new Map();
  parent.members.set(name, child);
  remembered += 1;
  return child;
}

/**
 * Longer names must not become keys: the engine tells those above 16,383 characters apart by their length alone.
 * @throws {TooLarge}
 */
export function checkName(name: string): void {
  if (name.length > payloadLimits.nameChars)
    throw new TooLarge(`A name has ${name.length} characters, more than ${payloadLimits.nameChars}.`);
}

/** The path of an item of a list. @throws {TooLarge} */
export function itemPath(list: PathNode, index: number): PathNode {
  const met = list.items?.get(index);
  if (met) return met;
  const path = `${list.path}[${index}]`;
  if (remembered >= maxRemembered) return checked(node(path, list.hasHalf));
  const item = checked(node(unique(path), list.hasHalf));
  list.items ??= new Map();
  list.items.set(index, item);
  remembered += 1;
  return item;
}

function checked(made: PathNode): PathNode {
  if (made.path.length > payloadLimits.pathChars)
    throw new TooLarge(`A path has ${made.path.length} characters, more than ${payloadLimits.pathChars}.`);
  return made;
}

const bracketed = (name: string): string => `[${JSON.stringify(name)}]`;

/**
 * The one copy of a path that the engine keeps for names in source code, too. Looking the fields of a record up is
 * half of the cost of mapping unless equal paths are one string.
 */
function unique(path: string): string {
  // Names of properties are kept once.
  const [copy = path] = Object.keys({ [path]: true });
  return copy;
}
