import { sourceOfEvent } from '@sluice/canonical-event/cloud-events';
import type { ConsumedRecord } from '@sluice/kafka/consumer';
import { findRawHeaders } from '@sluice/raw-event/raw-headers';

/** The source whose sender wrote a raw record or an event, by its headers; empty when they do not say. */
export function sourceOf({ headers }: Pick<ConsumedRecord, 'headers'>): string {
  const { sourceId } = findRawHeaders(headers);
  return sourceId || (sourceOfEvent(headers.ce_source?.toString('utf8') ?? '')?.sourceId ?? '');
}
