import { tokensOf } from './tokens-of.ts';

/** The vendor's name for a root. */
const root = 'xml';

/**
 * Puts elements without a root into one element, named by the end tag after them. Default: `<xml>`.
 * Does not change a document with text next to the elements, or with this root (two of them are two documents).
 */
export function addMissingRoot(text: string): string {
  const outline = outlineOf(text);
  if (!outline) return text;
  const { before, names, closing } = outline;
  const isRootless = closing === null ? names.length > 1 : names.length > 0;
  const name = closing ?? root;
  if (!isRootless || names.includes(name) || names.includes(root)) return text;
  const behind = closing === null ? `</${name}>` : '';
  return `${text.slice(0, before)}<${name}>${text.slice(before)}${behind}`;
}

interface Outline {
  /** Where the first element starts. */
  readonly before: number;
  /** Of the elements that are in no other. */
  readonly names: readonly string[];
  /** The end tag behind them all that none of them opened. */
  readonly closing: string | null;
}

/** @returns null when there is more at the top than elements, or a second unopened end tag */
function outlineOf(text: string): Outline | null {
  const names: string[] = [];
  let closing: string | null = null;
  let before = -1;
  let depth = 0;
  let at = 0;
  for (const { kind, name, text: piece } of tokensOf(text)) {
    if (depth === 0 && !isMarkupOrBlank(kind, piece)) return null;
    if (kind === 'start' || kind === 'empty') {
      if (closing !== null) return null;
      if (depth === 0) names.push(name);
      if (before < 0) before = at;
      if (kind === 'start') depth += 1;
    } else if (kind === 'end') {
      if (depth > 0) depth -= 1;
      else if (closing === null) closing = name;
      else return null;
    }
    at += piece.length;
  }
  return { before, names, closing };
}

function isMarkupOrBlank(kind: string, piece: string): boolean {
  if (kind === 'text') return piece.trim() === '';
  return kind !== 'cdata' && kind !== 'rest';
}
