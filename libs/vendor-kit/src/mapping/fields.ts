import { payloadLimits } from '@sluice/raw-event/payload-limits';
import type { Attribute } from '@sluice/schemas/schemas';

/** One value that the vendor sent: its path within the record, and its text. */
export interface Leaf {
  readonly path: string;
  readonly value: string;
  /** JSON's null: there is a value to keep, and none to read. */
  readonly isNull?: boolean;
}

/**
 * The values of one record. Reading one takes it; what nobody took becomes an attribute of the event, so that
 * nothing is lost. A value that does not convert is not taken: it stays as it was sent.
 */
export interface Fields {
  /** Takes. As sent; null when it is absent, empty when it was sent empty. */
  text(path: string): string | null;
  /** Looks without taking. */
  peek(path: string): string | null;
  /** Converts and takes; null when absent or when `convert` says null. */
  convert<T>(path: string, convert: (text: string) => T | null): T | null;
  /** Whether it was sent, empty or not. */
  has(path: string): boolean;
  /** The paths of all values below an element, `params.KUID` below `params`, in the order they were sent. */
  below(path: string): string[];
  /** The elements of a list, each as the fields below it: `staffKpis.staffKpi`, `staffKpis.staffKpi[1]`. */
  items(path: string): Fields[];
  /** Everything that was not taken, in the order it was sent. */
  rest(): Attribute[];
}

/** The fields of a whole record. */
export interface RecordFields extends Fields {
  /** Two values have one path, mostly because a name is there twice. */
  readonly hasRepeatedPath: boolean;
}

/** Values that stand once above the records of a payload. A record's own paths never are theirs. */
export interface Shared {
  readonly cells: readonly Cell[];
  /** Those of them that every record reads. */
  readonly readable: readonly Cell[];
}

export const noneShared: Shared = { cells: [], readable: [] };

/**
 * @param paths of what the records read. A long value is not read: it would be repeated in the events of all records
 */
export function sharedValues(leaves: readonly Leaf[], paths: readonly string[]): Shared {
  const cells = leaves.map(cellOf);
  const found = paths.map((path) => cells.findLast((cell) => cell.path === path));
  const isShort = (cell: Cell | undefined): cell is Cell =>
    cell !== undefined && cell.value.length <= payloadLimits.sharedValueChars;
  return { cells, readable: found.filter(isShort) };
}

/**
 * @param leaves of a path that is there twice the last one can be read; the others are left for `rest`
 * @param shared read like the record's own; `rest` has its cells
 */
export function createFields(leaves: readonly Leaf[], shared: Shared = noneShared): RecordFields {
  const cells: Cell[] = [];
  const byPath = new Map<string, Cell>();
  for (const leaf of leaves) {
    const cell = cellOf(leaf);
    cells.push(cell);
    byPath.set(cell.path, cell);
  }
  const hasRepeatedPath = byPath.size < cells.length;
  for (const cell of shared.readable) byPath.set(cell.path, cell);
  return new CellFields(cells, byPath, shared.cells, '', hasRepeatedPath);
}

const cellOf = ({ path, value, isNull }: Leaf): Cell => ({ path, value, isNull, isTaken: false });

/** A leaf, and whether somebody took it. */
interface Cell {
  readonly path: string;
  readonly value: string;
  readonly isNull: boolean | undefined;
  isTaken: boolean;
}

class CellFields implements RecordFields {
  readonly #cells: readonly Cell[];
  readonly #byPath: ReadonlyMap<string, Cell>;
  readonly #shared: readonly Cell[];
  readonly #prefix: string;
  readonly hasRepeatedPath: boolean;

  constructor(
    cells: readonly Cell[],
    byPath: ReadonlyMap<string, Cell>,
    shared: readonly Cell[],
    prefix: string,
    hasRepeatedPath: boolean,
  ) {
    this.#cells = cells;
    this.#byPath = byPath;
    this.#shared = shared;
    this.#prefix = prefix;
    this.hasRepeatedPath = hasRepeatedPath;
  }

  text(path: string): string | null {
    const cell = this.#find(path);
    if (!cell) return null;
    cell.isTaken = true;
    return cell.value;
  }

  peek(path: string): string | null {
    return this.#find(path)?.value ?? null;
  }

  convert<T>(path: string, convert: (text: string) => T | null): T | null {
    const cell = this.#find(path);
    if (!cell) return null;
    const value = convert(cell.value);
    if (value !== null) cell.isTaken = true;
    return value;
  }

  has(path: string): boolean {
    return this.#find(path) !== undefined;
  }

  below(path: string): string[] {
    const start = `${this.#prefix}${path}.`;
    return this.#cells
      .filter((cell) => cell.path.startsWith(start))
      .map((cell) => cell.path.slice(this.#prefix.length));
  }

  items(path: string): Fields[] {
    const start = this.#prefix + path;
    const heads = new Set<string>();
    for (const { path: sent } of this.#cells) {
      if (!sent.startsWith(start)) continue;
      const head =
        sent.charAt(start.length) === '.' ? '' : /^\[\d+\](?=\.)/.exec(sent.slice(start.length))?.[0];
      if (head !== undefined) heads.add(start + head);
    }
    return [...heads].map((head) => new CellFields(this.#cells, this.#byPath, [], `${head}.`, false));
  }

  rest(): Attribute[] {
    const rest: Attribute[] = [];
    for (const cells of [this.#cells, this.#shared])
      for (const { path, value, isTaken } of cells) if (!isTaken) rest.push({ name: path, value });
    return rest;
  }

  #find(path: string): Cell | undefined {
    const cell = this.#byPath.get(this.#prefix === '' ? path : this.#prefix + path);
    return cell?.isNull ? undefined : cell;
  }
}
