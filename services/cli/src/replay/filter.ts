import type { ConsumedRecord } from '@sluice/kafka/consumer';
import { readRawHeaders } from '@sluice/raw-event/raw-headers';

/** Which raw records are replayed; what is left out lets all through. */
export interface RawFilter {
  readonly sources?: readonly string[];
  /** As the vendor's request named it. */
  readonly dataTypes?: readonly string[];
  readonly fromMs?: number;
  /** Not including. */
  readonly toMs?: number;
  /** Whose time `fromMs` and `toMs` are: when ingress received it, or when it was written to Kafka. */
  readonly by: 'received' | 'record';
}

/** A record that ingress did not write has no source and no data type, and was received when it was written. */
export function passes({ headers, timestampMs }: ConsumedRecord, filter: RawFilter): boolean {
  const raw = readRawHeaders(headers);
  const { sources, dataTypes, fromMs, toMs, by } = filter;
  const at = by === 'received' ? (raw?.receivedAtMs ?? timestampMs) : timestampMs;
  return (
    (sources === undefined || (raw !== null && sources.includes(raw.sourceId))) &&
    (dataTypes === undefined || (raw !== null && dataTypes.includes(raw.dataType))) &&
    (fromMs === undefined || at >= fromMs) &&
    (toMs === undefined || at < toMs)
  );
}
