import type { Fields } from '../fields.ts';
import { readEpochMs } from '../times.ts';

/** `tm`: when Echat made the message, epoch ms. Not in every sample. Left in the fields: it is no event's own time. */
export function madeAt(fields: Fields): number | null {
  const text = fields.peek('tm');
  return text === null ? null : readEpochMs(text);
}
