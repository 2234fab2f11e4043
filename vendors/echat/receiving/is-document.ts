const lessThan = 0x3c;
const greaterThan = 0x3e;

/** Where a document may begin: behind white space and byte order marks, which some writers put there. */
function startOfDocument(bytes: Buffer): number {
  let at = 0;
  while (at < bytes.length && ((bytes[at] ?? 0) <= 0x20 || isMark(bytes, at)))
    at += isMark(bytes, at) ? 3 : 1;
  return at;
}

function isMark(bytes: Buffer, at: number): boolean {
  return bytes[at] === 0xef && bytes[at + 1] === 0xbb && bytes[at + 2] === 0xbf;
}

/**
 * Whether the bytes begin and end as an XML document does, in any encoding that keeps ASCII (UTF-8, GBK). Its inside is
 * not judged.
 */
export function isDocument(bytes: Buffer): boolean {
  let end = bytes.length;
  while (end > 0 && (bytes[end - 1] ?? 0) <= 0x20) end -= 1;
  const start = startOfDocument(bytes);
  return bytes[start] === lessThan && bytes[end - 1] === greaterThan && end - start > 2;
}
