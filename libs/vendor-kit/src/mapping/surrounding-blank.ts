/** What writers leave around a document: byte order marks, NUL of a padding, DOS's end of a file. */
const marks = ['\uFEFF', '\0', '\x1A'];

/** A text without the white space and marks around it. */
export interface TrimmedText {
  readonly text: string;
  /** What stood before and behind it. */
  readonly before: string;
  readonly behind: string;
}

export function trimSurrounding(sent: string): TrimmedText {
  let [from, to] = [0, sent.length];
  while (from < to && isBlank(sent.charAt(from))) from += 1;
  while (to > from && isBlank(sent.charAt(to - 1))) to -= 1;
  return { text: sent.slice(from, to), before: sent.slice(0, from), behind: sent.slice(to) };
}

const isBlank = (char: string): boolean => marks.includes(char) || char.trim() === '';

export const hasMark = (blank: string): boolean => marks.some((mark) => blank.includes(mark));
