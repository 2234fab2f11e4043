import { tokensOf, type FindCdataEnd, type Token } from './tokens-of.ts';

/** What the vendor's page has instead of `]]>`, right before the end tag of the section's element. */
const marks = [']]', ']>'];

/**
 * `<x><![CDATA[…]]</x>` and `<x><![CDATA[…]></x>`: `]]>` is written instead of the mark.
 *
 * A text may hold the same characters. The section is closed there only when the whole document, texts included, has
 * one end tag of that name: then it is the document's own, and no text can have brought it. So what anybody types never
 * ends a section.
 * @returns null when a section holds an end tag of its element that may be its own or a text
 */
export function closeCdataBeforeEndTag(text: string): string | null {
  if (!text.includes('<![CDATA[')) return text;
  const ends = onlyEndTags(text);
  let closed = '';
  for (const token of tokensOf(text, endingAlsoBeforeEndTag(ends))) {
    if (token.kind === 'cdata' && holdsEndTag(token)) return null;
    closed += token.kind === 'cdata' ? `<![CDATA[${token.content}]]>` : token.text;
  }
  return closed;
}

/** Where the end tags stand that are the only one of their name, anywhere in the text. */
function onlyEndTags(text: string): ReadonlyMap<string, number> {
  const places = new Map<string, number>();
  for (const { 1: name = '', index } of text.matchAll(/<\/([^\s/<>!?]{1,256})(?=[\s/<>])/g))
    places.set(name, places.has(name) ? severalTimes : index);
  return places;
}

const severalTimes = -1;

/** The first of `]]>` and of the only end tag that the section's element has, with a mark before it. */
function endingAlsoBeforeEndTag(ends: ReadonlyMap<string, number>): FindCdataEnd {
  return (text, from, element) => {
    const end = ends.get(element) ?? severalTimes;
    const mark = marks.find((each) => end - each.length >= from && text.startsWith(each, end - each.length));
    const isClosed = mark !== undefined && isEndTag(text, end, element);
    // Only as far as that end tag: to look for what is not there up to the text's end takes quadratic time.
    if (isClosed && !text.slice(from, end).includes(']]>'))
      return { content: end - mark.length, section: end };
    const proper = text.indexOf(']]>', from);
    return proper < 0 ? null : { content: proper, section: proper + 3 };
  };
}

function holdsEndTag({ content, element }: Token): boolean {
  for (let at = content.indexOf('</'); at >= 0; at = content.indexOf('</', at + 2))
    if (isEndTag(content, at, element)) return true;
  return false;
}

function isEndTag(text: string, at: number, element: string): boolean {
  if (element === '' || !text.startsWith(element, at + 2)) return false;
  const close = /\s*>/y;
  close.lastIndex = at + 2 + element.length;
  return close.test(text);
}
