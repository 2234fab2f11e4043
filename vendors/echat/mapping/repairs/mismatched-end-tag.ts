import { tokensOf } from './tokens-of.ts';

interface OpenElement {
  readonly name: string;
  hasChildren: boolean;
  /** A section of it may have swallowed its own end tag, and others: then the end tag at hand is another element's. */
  hasTags: boolean;
}

/**
 * `<skillNanme>…</skillName>`: the end tag gets the name that was opened, if the element holds text alone and
 * the end tag belongs to no element around it. A text with end tags in it stays as it is.
 */
export function renameMismatchedEndTags(text: string): string {
  const stack: OpenElement[] = [];
  const openNames = new Map<string, number>();
  let renamed = '';
  for (const { kind, name, text: piece, content } of tokensOf(text)) {
    const top = stack.at(-1);
    let written = piece;
    if (kind === 'start' || kind === 'empty') {
      if (top) top.hasChildren = true;
      if (kind === 'start') {
        stack.push({ name, hasChildren: false, hasTags: false });
        openNames.set(name, (openNames.get(name) ?? 0) + 1);
      }
    } else if (kind === 'cdata' && top) {
      top.hasTags ||= content.includes('</');
    } else if (kind === 'end' && top) {
      const isText = !top.hasChildren && !top.hasTags;
      const isMisnamed = top.name !== name && isText && (openNames.get(name) ?? 0) === 0;
      if (isMisnamed) written = `</${top.name}>`;
      stack.pop();
      openNames.set(top.name, (openNames.get(top.name) ?? 1) - 1);
    }
    renamed += written;
  }
  return renamed;
}
