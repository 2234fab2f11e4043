import type { Meta } from '@sluice/schemas/schemas';

/**
 * The version of an event: of two copies of one event id the higher one wins, in every store. A later receipt
 * beats an earlier one; of one receipt the higher mapping version does (modulo 1000).
 * @returns a whole number below 2^53 for receipts until the year 2255
 */
export function versionOf(meta: Pick<Meta, 'received_at' | 'mapping_version'>): number {
  return meta.received_at * 1000 + (meta.mapping_version % 1000);
}
