import type { CommonRepair } from '@sluice/vendor-kit/mapping/repair';

/** What XML documents may need, with what is wrong and what is done. */
export const xmlRepairs = {
  'xml-declaration':
    'The XML declaration is invalid in XML 1.0, or there are two; it is removed, because the bytes show the encoding.',
  'cdata-end':
    'A CDATA section ends with `]]</x>` or `]></x>`, and its element `x` is closed nowhere else; the section is closed there.',
  'mismatched-end-tag':
    'An element with only text is closed by another name; the end tag gets the name of the start tag.',
  'missing-root':
    'The document has no root element, or only its end tag; everything is put into one `<xml>`.',
  'surrogate-reference':
    'Two numeric references are the surrogates of one character, as Java’s Xalan writes them; they are read as this character.',
  'bare-ampersand': 'An `&` outside of CDATA does not begin a reference; it is read as text.',
  'stray-cdata-end': '`]]>` is outside of a CDATA section; it is read as text.',
  'control-character':
    'The document contains characters that XML 1.0 forbids; they are read as they are and stay in the value.',
} as const satisfies Record<string, string>;

/** Every repair that a document may need. */
export type Repair = CommonRepair | keyof typeof xmlRepairs;
