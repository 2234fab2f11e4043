import { payloadLimits } from '@sluice/raw-event/payload-limits';
import { TooLarge } from './budget.ts';
import { nameIn } from './known-names.ts';
import type { CommonRepair } from './repair.ts';
import { withCodes } from './text-codes.ts';

/** The text is no JSON from here on. The message says what is wrong, and at which character (from 0). */
export class NotJson extends Error {}

export type JsonFlaw = Extract<
  CommonRepair,
  'trailing-comma' | 'raw-control-character' | 'unknown-escape' | 'odd-number'
>;

const code = { quote: 0x22, comma: 0x2c, colon: 0x3a, list: 0x5b, slash: 0x5c, listEnd: 0x5d } as const;
const [object, objectEnd] = [0x7b, 0x7d];

const word = /[-+.\w]+/y;
const number = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/;
/** As Python, Gson and .NET write what JSON has not; each says one number, as it is sent. */
const oddNumber = /^[-+]?(?:NaN|Infinity|(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?)$/;

/**
 * Reads JSON from left to right, as RFC 8259 says, and what other libraries write that can be read in one way alone:
 * `takeFlaws` says which. Takes time linear in the text's length; calls itself for each level of nesting.
 */
export class JsonReader {
  readonly text: string;
  at = 0;
  readonly #codes: Uint16Array;
  readonly #flaws = new Set<JsonFlaw>();
  #depth = 0;
  /** Whether the string whose end was found last stands for itself. */
  #isPlain = true;

  /** @param codes of the text, as `withCodes` has them */
  constructor(text: string, codes: Uint16Array) {
    this.text = text;
    this.#codes = codes;
  }

  /** The code of the next character that is not white space; NaN at the end. */
  next(): number {
    const codes = this.#codes;
    let { at } = this;
    while (codes[at] === 0x20 || codes[at] === 0x0a || codes[at] === 0x0d || codes[at] === 0x09) at += 1;
    this.at = at;
    return this.#codeAt(at);
  }

  /** NaN at the end. */
  #codeAt(at: number): number {
    return at < this.text.length ? (this.#codes[at] ?? Number.NaN) : Number.NaN;
  }

  isObject(): boolean {
    return this.next() === object;
  }

  isList(): boolean {
    return this.next() === code.list;
  }

  isString(): boolean {
    return this.next() === code.quote;
  }

  /**
   * Reads an object.
   * @param member reads the value of the member that is named
   * @returns how many members it has
   */
  members(member: (name: string) => void): number {
    return this.#listed(object, objectEnd, () => {
      if (this.next() !== code.quote) throw this.flaw('A name is expected');
      const name = this.#name();
      if (this.next() !== code.colon) throw this.flaw('A colon is expected');
      this.at += 1;
      this.next();
      member(name);
    });
  }

  /** Reads a list. @param item reads the item of this index @returns how many items it has */
  items(item: (index: number) => void): number {
    return this.#listed(code.list, code.listEnd, item);
  }

  #listed(start: number, end: number, each: (index: number) => void): number {
    if (this.next() !== start) throw this.flaw('A value is expected');
    this.#depth += 1;
    if (this.#depth > payloadLimits.depth)
      throw new TooLarge(`The body is nested deeper than ${payloadLimits.depth} values.`);
    this.at += 1;
    let count = 0;
    while (this.next() !== end) {
      each(count);
      count += 1;
      const behind = this.next();
      if (behind === end) break;
      if (behind !== code.comma) throw this.flaw('A comma is expected');
      this.at += 1;
      if (this.next() === end) this.#flaws.add('trailing-comma');
    }
    this.at += 1;
    this.#depth -= 1;
    return count;
  }

  /** Reads a string. */
  string(): string {
    const from = this.at + 1;
    const end = this.#endOfString(from);
    this.at = end + 1;
    const sent = this.text.slice(from, end);
    return this.#isPlain ? sent : this.#unescape(sent);
  }

  #name(): string {
    const from = this.at + 1;
    const end = this.#endOfString(from);
    this.at = end + 1;
    return this.#isPlain
      ? nameIn(this.text, this.#codes, from, end)
      : this.#unescape(this.text.slice(from, end));
  }

  #unescape(sent: string): string {
    try {
      return JSON.parse(`"${sent}"`) as string;
    } catch {
      return sent.replace(stringFlaw, (found, escaped?: string) => {
        if (escaped === undefined) this.#flaws.add('raw-control-character');
        else if (!jsonEscape.test(escaped)) this.#flaws.add('unknown-escape');
        return escaped === undefined ? found : meaningOf(escaped);
      });
    }
  }

  /** Reads a number, true, false or null: as sent. */
  word(): string {
    word.lastIndex = this.at;
    const found = word.exec(this.text)?.[0] ?? '';
    if (!number.test(found) && found !== 'true' && found !== 'false' && found !== 'null') {
      if (!oddNumber.test(found)) throw this.flaw('A value is expected');
      this.#flaws.add('odd-number');
    }
    this.at += found.length;
    return found;
  }

  /** Reads any value. @returns a string's text; of another value its text as sent */
  anything(): string {
    const from = this.at;
    const start = this.next();
    if (start === code.quote) return this.string();
    if (start === object) this.members(() => this.anything());
    else if (start === code.list) this.items(() => this.anything());
    else return this.word();
    return this.text.slice(from, this.at);
  }

  /** Reads again from where it was before, at the depth that it had there. */
  goBack(at: number, depth: number): void {
    this.at = at;
    this.#depth = depth;
  }

  /** Goes to the comma or bracket that ends a value, whatever the value is, by its strings and brackets alone. */
  skip(): void {
    for (let depth = 0; ; this.at += 1) {
      const char = this.#codeAt(this.at);
      if (Number.isNaN(char)) throw this.flaw('The text ends inside of a value');
      if (char === code.quote) this.at = this.#endOfString(this.at + 1);
      else if (char === object || char === code.list) depth += 1;
      else if (depth > 0 && (char === objectEnd || char === code.listEnd)) depth -= 1;
      else if (depth === 0 && (char === code.comma || char === objectEnd || char === code.listEnd)) return;
    }
  }

  /** How many objects and lists are around the place where it is. */
  get depth(): number {
    return this.#depth;
  }

  /** The flaws since the last call. */
  takeFlaws(): JsonFlaw[] {
    if (this.#flaws.size === 0) return [];
    const flaws = [...this.#flaws];
    this.#flaws.clear();
    return flaws;
  }

  /** Whether the value that was read is followed by another one or by the end of its list. */
  isAtEndOfItem(): boolean {
    const char = this.next();
    return char === code.comma || char === code.listEnd;
  }

  /** @throws {NotJson} when there is more than white space */
  end(): void {
    if (!Number.isNaN(this.next())) throw this.flaw('The end is expected');
  }

  #endOfString(from: number): number {
    const codes = this.#codes;
    const { length } = this.text;
    this.#isPlain = true;
    for (let at = from; at < length; at += 1) {
      const char = codes[at] ?? 0;
      if (char === code.quote) return at;
      if (char > code.slash) continue;
      if (char === code.slash) at += 1;
      if (char === code.slash || char < 0x20) this.#isPlain = false;
    }
    throw this.flaw('A string is not closed');
  }

  /** What is wrong, here. */
  flaw(what: string): NotJson {
    return new NotJson(`${what} at offset ${this.at}.`);
  }
}

const stringFlaw = /\\(u[\da-fA-F]{4}|x[\da-fA-F]{2}|[^])|[\0-\x1f]/g;
const jsonEscape = /^(?:u[\da-fA-F]{4}|["\\/bfnrt])$/;
const meanings = new Map(
  Object.entries({ b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', '"': '"', '\\': '\\', '/': '/' }),
);

/** fastjson and JavaScript write `\'`, `\v`, `\x41` and `\0` to `\7`; of another escape the backslash stands for itself. */
function meaningOf(escaped: string): string {
  if (/^[ux]./.test(escaped)) return String.fromCharCode(parseInt(escaped.slice(1), 16));
  if (/^[0-7]$/.test(escaped)) return String.fromCharCode(Number(escaped));
  return escaped === "'" ? "'" : (meanings.get(escaped) ?? `\\${escaped}`);
}

/** The members of an object that is written in a text: names, and values as text; empty if the text is not an object. */
export function membersOfText(text: string): { name: string; value: string }[] {
  const members: { name: string; value: string }[] = [];
  try {
    withCodes(text, (codes) => {
      const reader = new JsonReader(text, codes);
      reader.members((name) => members.push({ name, value: reader.anything() }));
      reader.end();
    });
    return members;
  } catch (error) {
    if (error instanceof NotJson || error instanceof TooLarge) return [];
    throw error;
  }
}
