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

/** @param leaves of a path that is there twice the last one can be read; the others are left for `rest` */
export function createFields(leaves: readonly Leaf[]): Fields {
  const cells = leaves.map(({ path, value, isNull }): Cell => ({ path, value, isNull, isTaken: false }));
  const byPath = new Map<string, Cell>();
  for (const cell of cells) byPath.set(cell.path, cell);
  return new RecordFields(cells, byPath, '');
}

/** A leaf, and whether somebody took it. */
interface Cell {
  readonly path: string;
  readonly value: string;
  readonly isNull: boolean | undefined;
  isTaken: boolean;
}

class RecordFields implements Fields {
  readonly #cells: readonly Cell[];
  readonly #byPath: ReadonlyMap<string, Cell>;
  readonly #prefix: string;

  constructor(cells: readonly Cell[], byPath: ReadonlyMap<string, Cell>, prefix: string) {
    this.#cells = cells;
    this.#byPath = byPath;
    this.#prefix = prefix;
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
    return [...heads].map((head) => new RecordFields(this.#cells, this.#byPath, `${head}.`));
  }

  rest(): Attribute[] {
    const rest: Attribute[] = [];
    for (const { path, value, isTaken } of this.#cells) if (!isTaken) rest.push({ name: path, value });
    return rest;
  }

  #find(path: string): Cell | undefined {
    const cell = this.#byPath.get(this.#prefix === '' ? path : this.#prefix + path);
    return cell?.isNull ? undefined : cell;
  }
}
