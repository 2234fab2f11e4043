import { tokensOf, type TokenKind } from './tokens-of.ts';

const reference = /&(?:(?:amp|lt|gt|quot|apos);|#(\d+);|#x([0-9a-fA-F]+);)?/g;
const where: readonly TokenKind[] = ['text', 'start', 'empty'];

/** An `&` that begins no reference, as in a URL, becomes `&amp;`; so does that of an entity nobody declared. */
export function escapeBareAmpersands(text: string): string {
  if (!text.includes('&')) return text;
  return changeIn(where, text, (piece) =>
    piece.replace(reference, (found, decimal?: string, hex?: string) => {
      const isReference = found.endsWith(';') && characterOf(decimal, hex) !== null;
      return isReference ? found : `&amp;${found.slice(1)}`;
    }),
  );
}

/** `]]>` in a text becomes `]]&gt;`. */
export function escapeStrayCdataEnds(text: string): string {
  return changeIn(['text'], text, (piece) => piece.replaceAll(']]>', ']]&gt;'));
}

/** What XML 1.0 forbids and UTF-8 can carry. */
const forbidden = /[\0-\x08\x0B\x0C\x0E-\x1F\uFFFE\uFFFF]/g;

export function hasForbiddenCharacter(text: string): boolean {
  return text.search(forbidden) >= 0;
}

/** As long as before, with a no-break space, which no tag may hold either, for every forbidden character. */
export function maskForbiddenCharacters(text: string): string {
  return text.replace(forbidden, '\u00A0');
}

/** A numeric reference to a forbidden character becomes that character: XML forbids the reference as well. */
export function resolveForbiddenReferences(text: string): string {
  if (!text.includes('&#')) return text;
  return changeIn(where, text, (piece) =>
    piece.replace(reference, (found, decimal?: string, hex?: string) => {
      const character = characterOf(decimal, hex);
      return character && hasForbiddenCharacter(character) ? character : found;
    }),
  );
}

/**
 * Two numeric references to the halves of one character, as Java's Xalan writes it, become that character. A half
 * alone stays as it is.
 */
export function resolveSurrogatePairs(text: string): string {
  if (!text.includes('&#')) return text;
  return changeIn(where, text, (piece) =>
    piece.replace(twoReferences, (found, high: string, low: string) => {
      const [first, second] = [numberOf(high), numberOf(low)];
      const isPair = first >= 0xd800 && first <= 0xdbff && second >= 0xdc00 && second <= 0xdfff;
      return isPair ? String.fromCharCode(first, second) : found;
    }),
  );
}

const twoReferences = /&#(0*5\d{4}|x0*[dD][89aAbB][\da-fA-F]{2});&#(0*5\d{4}|x0*[dD][c-fC-F][\da-fA-F]{2});/g;

const numberOf = (digits: string): number =>
  digits.startsWith('x') ? parseInt(digits.slice(1), 16) : parseInt(digits, 10);

/** @returns empty for a reference by name; null when no character has this number */
function characterOf(decimal: string | undefined, hex: string | undefined): string | null {
  if (decimal === undefined && hex === undefined) return '';
  const code = decimal === undefined ? parseInt(hex ?? '', 16) : parseInt(decimal, 10);
  const isCharacter = code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
  return isCharacter ? String.fromCodePoint(code) : null;
}

function changeIn(kinds: readonly TokenKind[], text: string, change: (piece: string) => string): string {
  let changed = '';
  for (const { kind, text: piece } of tokensOf(text)) changed += kinds.includes(kind) ? change(piece) : piece;
  return changed;
}
