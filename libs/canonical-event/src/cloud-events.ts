import { ourOwn } from '@sluice/raw-event/raw-headers';
import type { Meta } from '@sluice/schemas/schemas';

/** The header of an event that a replay wrote to the live topics: when that replay began, ISO 8601. */
export const replayedHeader = 'sluice-replayed';

/** Which source an event is of, as its `ce_source` says; null if no normalizer wrote it. */
export function sourceOfEvent(ceSource: string): { vendor: string; sourceId: string } | null {
  const [, vendor, sourceId] = /^\/sluice\/([a-z][a-z0-9]*)\/([a-z0-9-]+)$/.exec(ceSource) ?? [];
  if (vendor === undefined || sourceId === undefined) return null;
  return { vendor, sourceId };
}

/**
 * Headers of a canonical event: CloudEvents 1.0 in Kafka's binary content mode (attributes as `ce_` headers,
 * the data as the value), and the trace context it came with.
 * Source: CloudEvents Kafka protocol binding 1.0.2, section 3.2.
 */
export function cloudEventHeaders(meta: Meta, traceparent: string): Record<string, string> {
  const headers: Record<string, string> = {
    ce_specversion: '1.0',
    ce_id: meta.event_id,
    ce_type: `sluice.${meta.event_type}.v1`,
    ce_source: `/sluice/${meta.vendor_id || ourOwn}/${encodeURIComponent(meta.source_id)}`,
    'content-type': 'application/avro',
  };
  // Optional attributes are left out, never sent empty.
  if (meta.entity_key !== '') headers.ce_subject = meta.entity_key;
  if (meta.occurred_at !== null) headers.ce_time = new Date(meta.occurred_at).toISOString();
  if (traceparent !== '') headers.traceparent = traceparent;
  return headers;
}
