/**
 * Repairs that text and JSON of any vendor may need, with what is wrong and what is done; vendors have further ones of
 * their own (`VendorMapping.repairs`). The names are values of a metric's label; shapes and examples are in
 * `docs/reference/repairs.md`.
 */
export const commonRepairs = {
  'invalid-utf-8':
    'The payload holds bytes that are no UTF-8; each becomes U+FFFD, and the raw record keeps them.',
  'declared-encoding':
    'The payload is not UTF-8 but in the encoding that it declares, or UTF-16; it is read in that.',
  'cesu-8':
    'A character is written as two halves of three bytes each, or U+0000 as `C0 80`, as Java does; it is one character.',
  'surrounding-blank':
    'Byte order marks or NUL stand around the document, or white space before an XML declaration; they are left out.',
  'trailing-comma': 'The JSON has a comma after the last member of an object or array; it is left out.',
  'repeated-name':
    'Two values of a JSON record have one path, mostly a name that is there twice; all are kept, the last counts.',
  'raw-control-character':
    'A JSON string holds a line break, a tab or another control character that is not escaped; it stands for itself.',
  'unknown-escape':
    'A JSON string has an escape of JavaScript’s or fastjson’s, read as they do, or a backslash that stands for itself.',
  'odd-number':
    'A JSON number is written as JSON does not (`NaN`, `Infinity`, `007`, `+1`, `.5`); it is kept as sent.',
  'lone-surrogate':
    'A JSON text holds half a character, which UTF-8 cannot; it is written as its escape, `\\ud83d`.',
} as const satisfies Record<string, string>;

export type CommonRepair = keyof typeof commonRepairs;

/** The name of a repair, of those or a vendor's own. */
export type Repair = string;
