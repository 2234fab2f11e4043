import { hasMark, trimSurrounding } from '@sluice/vendor-kit/mapping/surrounding-blank';

/** Takes away byte order marks and NUL around the document, and white space before an XML declaration. */
export function dropSurroundingBlank(sent: string): string {
  const { text, before, behind } = trimSurrounding(sent);
  const isStray = hasMark(before) || text.startsWith('<?xml');
  return (isStray ? '' : before) + text + (hasMark(behind) ? '' : behind);
}

/** Takes away XML declarations at the start: they say nothing of the content, and one of them is flawed. */
export function dropXmlDeclarations(text: string): string {
  let at = 0;
  while (/^<\?xml[\s?]/i.test(text.slice(at, at + 6))) {
    const end = text.indexOf('?>', at);
    if (end < 0) return text;
    at = end + 2;
    while (at < text.length && text.charAt(at).trim() === '') at += 1;
  }
  return text.slice(at);
}
