/**
 * Repairs that text and JSON of any vendor may need, with what is wrong and what is done; vendors have further ones of
 * their own (`VendorMapping.repairs`). The names are values of a metric's label; shapes and examples are in
 * `docs/reference/repairs.md`.
 */
export const commonRepairs = {
  'invalid-utf-8':
    'The payload contains bytes that are not valid UTF-8; each becomes U+FFFD, and the raw record keeps them.',
  'declared-encoding':
    'The payload is in another encoding that it declares, or in UTF-16; it is read in this encoding.',
  'cesu-8':
    'A character is encoded as two surrogates of three bytes each, or U+0000 as `C0 80`, as Java does; it is read as one character.',
  'surrounding-blank':
    'Byte order marks or NUL surround the document, or white space precedes an XML declaration; they are removed.',
  'trailing-comma': 'The JSON has a comma after the last member of an object or array; it is removed.',
  'repeated-name':
    'Two values of a JSON record have the same path, usually because a name is repeated; all are kept, the last one is used.',
  'raw-control-character':
    'A JSON string contains an unescaped control character, such as a line break or a tab; it is read as it is.',
  'unknown-escape':
    'A JSON string has an escape of JavaScript or fastjson, which is read as they read it, or another one, whose backslash is kept.',
  'odd-number':
    'A JSON number has a format that JSON does not allow (`NaN`, `Infinity`, `007`, `+1`, `.5`); it is kept as sent.',
  'lone-surrogate':
    'A JSON text contains half a surrogate pair, which UTF-8 cannot encode; it is kept as its escape, `\\ud83d`.',
} as const satisfies Record<string, string>;

export type CommonRepair = keyof typeof commonRepairs;

/** The name of a repair, of those or a vendor's own. */
export type Repair = string;
