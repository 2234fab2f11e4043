/** A piece of a document that may be malformed; the pieces in their order are the whole text. */
export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  /** Of a tag; empty otherwise. */
  readonly name: string;
  /** Of a CDATA section: its content, without the marks around it. */
  readonly content: string;
  /** Of a CDATA section: the element that was opened by the last tag; empty when that was an end tag. */
  readonly element: string;
}

/** `rest` is everything from the first other piece on. */
export type TokenKind = 'text' | 'cdata' | 'comment' | 'instruction' | 'start' | 'empty' | 'end' | 'rest';

/** Where a CDATA section's content ends, and the section itself; null when it never does. */
export type FindCdataEnd = (
  text: string,
  from: number,
  element: string,
) => { readonly content: number; readonly section: number } | null;

const cdataStart = '<![CDATA[';

/** `]]>` alone ends a section. */
const properCdataEnd: FindCdataEnd = (text, from) => {
  const at = text.indexOf(']]>', from);
  return at < 0 ? null : { content: at, section: at + 3 };
};

/**
 * Cuts a document into tags, texts and sections, whether or not they fit together. Linear in the text's
 * length: no character is looked at again for a later piece.
 * @param findCdataEnd told the section's `element`
 */
export function* tokensOf(text: string, findCdataEnd: FindCdataEnd = properCdataEnd): Generator<Token> {
  let element = '';
  let at = 0;
  while (at < text.length) {
    const token = text.startsWith(cdataStart, at)
      ? cdataAt(text, at, element, findCdataEnd)
      : (plainAt(text, at) ?? tagAt(text, at));
    if (!token) {
      yield { kind: 'rest', text: text.slice(at), name: '', content: '', element: '' };
      return;
    }
    yield token;
    at += token.text.length;
    if (token.kind === 'start') element = token.name;
    else if (token.kind === 'end' || token.kind === 'empty') element = '';
  }
}

function cdataAt(text: string, at: number, element: string, findCdataEnd: FindCdataEnd): Token | null {
  const from = at + cdataStart.length;
  const end = findCdataEnd(text, from, element);
  if (!end) return null;
  return {
    kind: 'cdata',
    text: text.slice(at, end.section),
    name: '',
    content: text.slice(from, end.content),
    element,
  };
}

/** What is neither a tag nor a CDATA section. */
function plainAt(text: string, at: number): Token | null {
  if (text[at] !== '<') return upTo(text, at, 'text', text.indexOf('<', at));
  if (text.startsWith('<!--', at)) return closedBy(text, at, 'comment', '-->', 4);
  if (text.startsWith('<?', at)) return closedBy(text, at, 'instruction', '?>', 2);
  return null;
}

function closedBy(text: string, at: number, kind: TokenKind, mark: string, skip: number): Token | null {
  const end = text.indexOf(mark, at + skip);
  return end < 0 ? null : upTo(text, at, kind, end + mark.length);
}

function upTo(text: string, at: number, kind: TokenKind, end: number): Token {
  return { kind, text: end < 0 ? text.slice(at) : text.slice(at, end), name: '', content: '', element: '' };
}

function tagAt(text: string, at: number): Token | null {
  const end = endOfTag(text, at + 1);
  if (end < 0) return null;
  const tag = text.slice(at, end);
  const [, slash, name] = /^<(\/?)([^\s/>"'=<!?&]+)/.exec(tag) ?? [];
  if (name === undefined) return null;
  const kind = slash === '/' ? 'end' : tag.endsWith('/>') ? 'empty' : 'start';
  return { kind, text: tag, name, content: '', element: '' };
}

/** @returns the index behind the `>` that is in no quotes; -1 when a `<` or the text's end comes first */
function endOfTag(text: string, from: number): number {
  let quote = '';
  for (let at = from; at < text.length; at += 1) {
    const char = text[at];
    if (quote !== '') {
      if (char === quote) quote = '';
    } else if (char === '>') return at + 1;
    else if (char === '<') return -1;
    else if (char === '"' || char === "'") quote = char;
  }
  return -1;
}
