const longest = 128;

interface Scan {
  readonly opening: Buffer;
  /** What the id may consist of; anything else ends the search without a result. */
  readonly form: RegExp;
}

const scans: Record<'echat' | 'sobot', Scan> = {
  echat: { opening: Buffer.from('<chatRecordId>'), form: /^\s*(?:<!\[CDATA\[)?([A-Za-z0-9_-]{1,64})[\]<\s]/ },
  sobot: { opening: Buffer.from('"cid"'), form: /^\s*:\s*"([A-Za-z0-9_-]{1,64})"/ },
};

/**
 * The key of a raw record: source id and the conversation id where a bounded byte search finds one, else the
 * payload's hash. It decides the partition alone; order is not promised.
 */
export function rawKeyOf(
  vendor: 'echat' | 'sobot',
  sourceId: string,
  payload: Buffer,
  payloadHash: string,
): Buffer {
  const { opening, form } = scans[vendor];
  const at = payload.indexOf(opening);
  const start = at + opening.length;
  const found =
    at < 0 ? null : form.exec(payload.toString('latin1', start, Math.min(payload.length, start + longest)));
  return Buffer.from(`${sourceId}/${found?.[1] ?? payloadHash}`);
}
