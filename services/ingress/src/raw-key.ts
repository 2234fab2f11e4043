import type { ConversationKey } from '@sluice/vendor-kit/receiving/receiving';

/** How far behind its opening the id may end, in bytes. */
const longest = 128;

/**
 * The key of a raw record: source id and the conversation id where a bounded byte search finds one, else the
 * payload's hash. It decides the partition alone; order is not promised.
 */
export function rawKeyOf(
  sourceId: string,
  payload: Buffer,
  payloadHash: string,
  { opening, form }: ConversationKey,
): Buffer {
  const at = payload.indexOf(opening);
  const start = at + Buffer.byteLength(opening);
  const found =
    at < 0 ? null : form.exec(payload.toString('latin1', start, Math.min(payload.length, start + longest)));
  return Buffer.from(`${sourceId}/${found?.[1] ?? payloadHash}`);
}
