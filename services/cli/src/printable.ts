/** What a terminal obeys, and what turns the direction of the text around it. */
const obeyed = /[\p{Cc}\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

const escapeOf = (character: string): string => {
  const code = character.charCodeAt(0).toString(16);
  return code.length > 2 ? `\\u${code}` : `\\x${code.padStart(2, '0')}`;
};

/** A payload may hold anything: what a terminal would obey is shown as its escape. Line breaks and tabs stay. */
export function printable(text: string): string {
  return text.replaceAll(obeyed, (character) => (/[\n\t]/.test(character) ? character : escapeOf(character)));
}

/** A value that somebody else wrote, as a part of one line: line breaks and tabs are escapes too. */
export function printableLine(text: string): string {
  return text.replaceAll(obeyed, escapeOf);
}

/** A moment as ISO 8601 in UTC; what is no moment, as it is. */
export function timeOf(epochMs: number): string {
  const date = new Date(epochMs);
  return Number.isNaN(date.getTime()) ? String(epochMs) : date.toISOString();
}
