import type { Parsed } from '@sluice/vendor-kit/mapping/mapping';
import { readRecord } from '@sluice/vendor-kit/mapping/read-batch';

/** Reads a Zendesk event: the whole document is one record, with `id` as the id of the message. */
export const parseZendesk = (payload: Buffer, dataType: string, contentType = ''): Parsed =>
  readRecord(payload, contentType, dataType, 'id');
