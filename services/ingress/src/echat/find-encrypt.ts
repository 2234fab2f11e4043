const open = Buffer.from('<Encrypt>');
const close = Buffer.from('</Encrypt>');
const cdataOpen = '<![CDATA[';
const cdataClose = ']]>';
const base64 = /^[A-Za-z0-9+/]+={0,2}$/;

/**
 * Finds the ciphertext in `<xml><Encrypt><![CDATA[…]]></Encrypt></xml>` by a byte search: the body of an
 * encrypted push is never parsed further.
 * @returns null when there is no `<Encrypt>` element; empty when its content is not base64
 */
export function findEncrypted(body: Buffer): Buffer | null {
  const start = body.indexOf(open);
  const end = start < 0 ? -1 : body.indexOf(close, start + open.length);
  if (end < 0) return null;
  let text = body.toString('latin1', start + open.length, end).trim();
  if (text.startsWith(cdataOpen) && text.endsWith(cdataClose))
    text = text.slice(cdataOpen.length, -cdataClose.length);
  // Node's decoder passes over what is not base64; a cut or foreign text must not become some other bytes.
  text = text.replaceAll(/\s+/g, '');
  return base64.test(text) ? Buffer.from(text, 'base64') : Buffer.alloc(0);
}
