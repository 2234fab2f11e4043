/** White space and byte order marks before the document: nothing may stand before an XML declaration. */
export function dropLeadingBlank(text: string): string {
  return text.replace(/^[\s\uFEFF]+(?=<)/, '');
}
