/**
 * Every repair that a payload may need, with what is wrong and what is done. The names are values of a
 * metric's label; shapes and examples stand in `docs/repairs.md`.
 */
export const repairs = {
  'invalid-utf-8':
    'The payload holds bytes that are no UTF-8; each becomes U+FFFD, and the raw record keeps them.',
  'trailing-comma': 'The JSON has a comma behind the last member of an object or array; it is left out.',
  'repeated-name':
    'Two values of a JSON record have one path, mostly a name that is there twice; all are kept, the last counts.',
  'lone-surrogate':
    'A JSON text holds half a character, which UTF-8 cannot; it is written as its escape, `\\ud83d`.',
  'cdata-end':
    'A CDATA section is closed by `]]</x>`, `]></x>` or `]</x>`, x being its element; `]]>` is written in its place.',
  'mismatched-end-tag':
    'An element that holds text alone is closed by another name; the end tag gets the name that was opened.',
  'missing-root':
    'The document has no root element, or the root’s end tag alone; everything is put into one `<xml>`.',
  'bare-ampersand': 'An `&` outside of CDATA begins no reference; it stands for itself.',
  'stray-cdata-end': '`]]>` stands outside of a CDATA section; it stands for itself.',
  'control-character':
    'The document holds characters that XML 1.0 forbids; they are read as they are and stay in the value.',
} as const satisfies Record<string, string>;

export type Repair = keyof typeof repairs;
