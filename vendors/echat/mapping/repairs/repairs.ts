import type { CommonRepair } from '@sluice/vendor-kit/mapping/repair';

/** What XML documents may need, with what is wrong and what is done. */
export const xmlRepairs = {
  'xml-declaration':
    'The XML declaration is not one of XML 1.0, or there are two; it is left out, because the bytes show the encoding.',
  'cdata-end':
    'A CDATA section is closed by `]]</x>` or `]></x>`, and `x`, its element, is closed nowhere else.',
  'mismatched-end-tag':
    'An element that holds text alone is closed by another name; the end tag gets the name that was opened.',
  'missing-root':
    'The document has no root element, or the root’s end tag alone; everything is put into one `<xml>`.',
  'surrogate-reference':
    'Two numeric references name the halves of one character, as Java’s Xalan writes it; they are that character.',
  'bare-ampersand': 'An `&` outside of CDATA begins no reference; it stands for itself.',
  'stray-cdata-end': '`]]>` stands outside of a CDATA section; it stands for itself.',
  'control-character':
    'The document holds characters that XML 1.0 forbids; they are read as they are and stay in the value.',
} as const satisfies Record<string, string>;

/** Every repair that a document may need. */
export type Repair = CommonRepair | keyof typeof xmlRepairs;
