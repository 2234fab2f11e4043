import { tokensOf, type FindCdataEnd } from './tokens-of.ts';

/** What may stand in place of `]]>`, right before the end tag of the section's element. */
type Mark = ']]' | ']>' | ']';

/** `]]</` or `]></` other than as the end of `]]></`: cheap to look for, and in hardly any well-formed document. */
const suspicion = /(?<!\])\]><\/|\]\]<\//;

/**
 * `<x><![CDATA[…]]</x>` and `<x><![CDATA[…]></x>`: `]]>` is written in place of the mark. Such a section goes on to
 * the next `]]>` and may swallow its siblings, and the document be well-formed all the same.
 */
export function closeCdataBeforeEndTag(text: string): string {
  return suspicion.test(text) ? closeSections(text, [']]', ']>']) : text;
}

/** The same for `<x><![CDATA[…]</x>`, which a text may well hold: only for a document that is not well-formed. */
export function closeCdataAfterOneBracket(text: string): string {
  return text.includes(']</') ? closeSections(text, [']]', ']>', ']']) : text;
}

function closeSections(text: string, marks: readonly Mark[]): string {
  let closed = '';
  for (const token of tokensOf(text, endingAlsoBy(marks))) {
    closed += token.kind === 'cdata' ? `<![CDATA[${token.content}]]>` : token.text;
  }
  return closed;
}

/** The first of `]]>` and the end tag of the section's element with one of the marks before it. */
function endingAlsoBy(marks: readonly Mark[]): FindCdataEnd {
  return (text, from, element) => {
    const candidates = /\]\]>|<\//g;
    candidates.lastIndex = from;
    for (let found = candidates.exec(text); found; found = candidates.exec(text)) {
      const at = found.index;
      if (found[0] === ']]>') return { content: at, section: at + 3 };
      const mark = marks.find((each) => at - each.length >= from && text.startsWith(each, at - each.length));
      if (mark !== undefined && isEndTag(text, at, element))
        return { content: at - mark.length, section: at };
    }
    return null;
  };
}

function isEndTag(text: string, at: number, element: string): boolean {
  if (element === '' || !text.startsWith(element, at + 2)) return false;
  const close = /\s*>/y;
  close.lastIndex = at + 2 + element.length;
  return close.test(text);
}
