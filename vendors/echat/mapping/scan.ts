import { payloadLimits } from '@sluice/raw-event/payload-limits';
import type { Budget } from '@sluice/vendor-kit/mapping/budget';
import type { Leaf } from '@sluice/vendor-kit/mapping/fields';
import { codesOf, isAt, withCodes } from '@sluice/vendor-kit/mapping/text-codes';
import { knownRoot, nextChild, type KnownElement } from './known-elements.ts';
import { nameEnd, sectionEnd, skipBlank, textEnd } from './xml-codes.ts';

/**
 * Reads an ordinary document in one pass, as `parseStrict` does: elements with ASCII names and without attributes,
 * which hold elements or a text; CDATA sections and named references.
 * @param sent without a byte order mark
 * @returns null for every other document, whether it is well-formed or not
 * @throws {TooLarge} where `parseStrict` does
 */
export function scan(sent: string, budget: Budget): Leaf[] | null {
  // XML reads every line break as a line feed.
  const text = sent.includes('\r') ? sent.replaceAll(/\r\n?/g, '\n') : sent;
  return withCodes(text, (codes) => {
    const scanner = new Scanner(text, codes, budget);
    return scanner.read() ? scanner.leaves : null;
  });
}

const [bang, slash, less, greater, question] = [0x21, 0x2f, 0x3c, 0x3e, 0x3f] as const;
const opening = codesOf('<![CDATA[').slice(0, -1);
const closing = ']]>';
const entities = [
  { written: '&amp;', char: '&' },
  { written: '&lt;', char: '<' },
  { written: '&gt;', char: '>' },
  { written: '&quot;', char: '"' },
  { written: '&apos;', char: "'" },
];

let documents = 0;

/** Each method continues from where the one before it ended. One that says false leaves the document to others. */
class Scanner {
  readonly leaves: Leaf[] = [];
  readonly #whole: string;
  readonly #codes: Uint16Array;
  readonly #budget: Budget;
  readonly #document = (documents += 1);
  #at = 0;
  /** Of the content that was read last: its value, and how many texts that are not blank and sections it has. */
  #value = '';
  #texts = 0;
  #sections = 0;

  constructor(text: string, codes: Uint16Array, budget: Budget) {
    this.#whole = text;
    this.#codes = codes;
    this.#budget = budget;
  }

  /** The whole document. Its root has children. */
  read(): boolean {
    const codes = this.#codes;
    const start = skipBlank(codes, declarationEnd(codes, this.#whole));
    const end = codes[start] === less ? nameEnd(codes, start + 1) : -1;
    if (end < 0 || codes[end] !== greater) return false;
    this.#at = skipBlank(codes, end + 1);
    if (!this.#children(knownRoot(), start + 1, end, 1)) return false;
    return this.leaves.length > 0 && skipBlank(codes, this.#at) === this.#whole.length;
  }

  /**
   * From the first child to the parent's end tag.
   * @param from where the parent's name begins in its start tag
   * @param end where it ends
   * @param open number of elements that are open
   */
  #children(parent: KnownElement, from: number, end: number, open: number): boolean {
    if (open > payloadLimits.depth) return false;
    const codes = this.#codes;
    while (codes[this.#at] === less && codes[this.#at + 1] !== slash) {
      if (!this.#element(parent, open)) return false;
      this.#at = skipBlank(codes, this.#at);
    }
    return codes[this.#at] === less && this.#endTag(from, end);
  }

  #element(parent: KnownElement, open: number): boolean {
    const codes = this.#codes;
    const from = this.#at + 1;
    const end = nameEnd(codes, from);
    if (end < 0) return false;
    const isEmpty = codes[end] === slash;
    if (!isEmpty && codes[end] !== greater) return false;
    const element = nextChild(parent, codes, from, end, this.#document);
    if (element === null) return false;
    this.#at = end + 1;
    if (isEmpty) {
      if (codes[this.#at] !== greater) return false;
      this.#at += 1;
      this.#addLeaf(element, '');
      return true;
    }
    if (!this.#content()) return false;
    if (codes[this.#at + 1] !== slash)
      return this.#texts + this.#sections === 0 && this.#children(element, from, end, open + 1);
    if (!this.#endTag(from, end)) return false;
    this.#addLeaf(element, this.#value);
    return true;
  }

  #addLeaf({ at: { path } }: KnownElement, value: string): void {
    this.#budget.leaf(path, value);
    this.leaves.push({ path, value });
  }

  #endTag(from: number, end: number): boolean {
    const codes = this.#codes;
    let at = this.#at + 2;
    for (let named = from; named < end; named += 1) if (codes[at++] !== codes[named]) return false;
    this.#at = at + 1;
    return codes[at] === greater;
  }

  /** Text and sections, up to the next tag. Blanks around a section do not count, as in `createLeafBuilder`. */
  #content(): boolean {
    this.#texts = 0;
    this.#sections = 0;
    let [all, inSections] = ['', ''];
    for (;;) {
      const text = this.#text();
      if (text === null) return false;
      all += text;
      if (this.#codes[this.#at + 1] !== bang) break;
      const section = this.#section();
      if (section === null) return false;
      all += section;
      inSections += section;
    }
    this.#value = this.#texts === 0 && this.#sections > 0 ? inSections : all;
    return true;
  }

  /** The text up to the next `<`; null when there is something else. */
  #text(): string | null {
    const codes = this.#codes;
    let run = '';
    for (;;) {
      const from = this.#at;
      let to = skipBlank(codes, from);
      if (codes[to] !== less) {
        this.#texts += 1;
        to = textEnd(codes, to);
        if (to < 0) return null;
      }
      if (to > from) run += this.#whole.slice(from, to);
      this.#at = to;
      if (codes[to] === less) return run;
      const entity = entities.find(({ written }) => this.#whole.startsWith(written, to));
      if (!entity) return null;
      run += entity.char;
      this.#at += entity.written.length;
    }
  }

  /** What a CDATA section holds; null when it is another thing. */
  #section(): string | null {
    const from = this.#at + opening.length;
    const to = isAt(this.#codes, this.#at, opening) ? sectionEnd(this.#codes, from) : -1;
    if (to < 0) return null;
    this.#at = to + closing.length;
    this.#sections += 1;
    return this.#whole.slice(from, to);
  }
}

/** As most programs write one. */
const declaration =
  /<\?xml version="1\.\d"(?: encoding="[A-Za-z][\w.-]{0,40}")?(?: standalone="(?:yes|no)")?\?>/y;

function declarationEnd(codes: Uint16Array, text: string): number {
  declaration.lastIndex = 0;
  return codes[1] === question && declaration.test(text) ? declaration.lastIndex : 0;
}
