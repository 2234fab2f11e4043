const base64 = /^[A-Za-z0-9+/_-]+={0,2}$/;

/**
 * The bytes of a base64 text in either alphabet, white space and line breaks passed over. Two passes over the text at most.
 * @returns null when it holds anything else, or nothing: Node's decoder would make other bytes of a foreign text
 */
export function bytesOfBase64(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64');
  // What nearly all senders write is the same text again: cheaper than looking at each character.
  if (text !== '' && bytes.toString('base64') === text) return bytes;
  if (base64.test(text)) return bytes;
  const plain = text.replaceAll(/\s/g, '');
  return base64.test(plain) ? Buffer.from(plain, 'base64') : null;
}
