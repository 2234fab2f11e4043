const [tab, lineFeed, space, ampersand, less, greater, bracket] = [
  ...[0x09, 0x0a, 0x20, 0x26, 0x3c, 0x3e, 0x5d],
] as const;

/** @returns where white space ends; a carriage return ends it */
export function skipBlank(codes: Uint16Array, from: number): number {
  let at = from;
  while (codes[at] === space || codes[at] === lineFeed || codes[at] === tab) at += 1;
  return at;
}

/** 1: a character of names; 2: one that begins a name. */
const nameCodes = new Uint8Array(0x80);
for (const char of '-.0123456789') nameCodes[char.charCodeAt(0)] = 1;
for (const char of ':ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz')
  nameCodes[char.charCodeAt(0)] = 2;

/** @returns where a name of ASCII characters ends; -1 where there is no name */
export function nameEnd(codes: Uint16Array, from: number): number {
  if (nameCodes[codes[from] ?? 0] !== 2) return -1;
  let at = from + 1;
  while (nameCodes[codes[at] ?? 0]) at += 1;
  return at;
}

/** @returns where there is a `<` or `&`; -1 for `]]>` or a character that XML forbids before it */
export function textEnd(codes: Uint16Array, from: number): number {
  for (let at = from; ; at += 1) {
    const code = codes[at] ?? 0;
    if (code === less || code === ampersand) return at;
    if (code === greater && codes[at - 1] === bracket && codes[at - 2] === bracket) return -1;
    if (isPlain(code)) continue;
    if (!isPair(codes, at)) return -1;
    at += 1;
  }
}

/** @returns where there is `]]>`; -1 for a character that XML forbids before it */
export function sectionEnd(codes: Uint16Array, from: number): number {
  for (let at = from; ; at += 1) {
    const code = codes[at] ?? 0;
    if (code === bracket && codes[at + 1] === bracket && codes[at + 2] === greater) return at;
    if (isPlain(code)) continue;
    if (!isPair(codes, at)) return -1;
    at += 1;
  }
}

/** Whether XML allows it as a character of one code. Of a carriage return it makes another one. */
const isPlain = (code: number): boolean =>
  (code >= space && code < 0xd800) || (code > 0xdfff && code < 0xfffe) || code === lineFeed || code === tab;

/** Whether two codes are a character beyond U+FFFF. */
const isPair = (codes: Uint16Array, at: number): boolean =>
  (codes[at] ?? 0) >> 10 === 0xd800 >> 10 && (codes[at + 1] ?? 0) >> 10 === 0xdc00 >> 10;
