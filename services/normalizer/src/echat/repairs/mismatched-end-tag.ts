import { tokensOf } from './tokens-of.ts';

interface OpenElement {
  readonly name: string;
  hasChildren: boolean;
}

/**
 * `<skillNanme>…</skillName>`: the end tag gets the name that was opened, if the element holds text alone and
 * the end tag belongs to no element around it.
 */
export function renameMismatchedEndTags(text: string): string {
  const stack: OpenElement[] = [];
  const openNames = new Map<string, number>();
  let renamed = '';
  for (const { kind, name, text: piece } of tokensOf(text)) {
    const top = stack.at(-1);
    let written = piece;
    if (kind === 'start' || kind === 'empty') {
      if (top) top.hasChildren = true;
      if (kind === 'start') {
        stack.push({ name, hasChildren: false });
        openNames.set(name, (openNames.get(name) ?? 0) + 1);
      }
    } else if (kind === 'end' && top) {
      const isMisnamed = top.name !== name && !top.hasChildren && (openNames.get(name) ?? 0) === 0;
      if (isMisnamed) written = `</${top.name}>`;
      stack.pop();
      openNames.set(top.name, (openNames.get(top.name) ?? 1) - 1);
    }
    renamed += written;
  }
  return renamed;
}
