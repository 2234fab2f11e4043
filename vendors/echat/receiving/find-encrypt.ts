import { bytesOfBase64 } from '@sluice/vendor-kit/receiving/base64';

const startTag = Buffer.from('<Encrypt>');
const endTag = Buffer.from('</Encrypt>');
const cdataOpen = '<![CDATA[';
const cdataClose = ']]>';
/** How XML writers put the line breaks of a base64 encoder. */
const lineBreak = /&#(?:1[03]|x0?[adAD]);/g;

/**
 * Finds the ciphertext in `<xml><Encrypt><![CDATA[…]]></Encrypt></xml>` by a byte search: the body of an
 * encrypted push is never parsed further. One pass over the body.
 * @returns null when there is no `<Encrypt>` element; empty when its content is not base64
 */
export function findEncrypted(body: Buffer): Buffer | null {
  const start = body.indexOf(startTag);
  const end = start < 0 ? -1 : body.indexOf(endTag, start + startTag.length);
  if (end < 0) return null;
  let text = body.toString('latin1', start + startTag.length, end).trim();
  if (text.startsWith(cdataOpen) && text.endsWith(cdataClose))
    text = text.slice(cdataOpen.length, -cdataClose.length);
  if (text.includes('&')) text = text.replaceAll(lineBreak, '');
  return bytesOfBase64(text) ?? Buffer.alloc(0);
}

/** Whether the body begins an `<Encrypt>` element, whole or not. */
export function mentionsEncrypt(body: Buffer): boolean {
  return body.includes(startTag);
}
