import type { Decoder } from '@sluice/canonical-event/avro-codec';
import type { ConsumedRecord } from '@sluice/kafka/consumer';
import { readRawHeaders } from '@sluice/raw-event/raw-headers';
import type { DeadLetter, Meta } from '@sluice/schemas/schemas';
import { storedTopics, type TopicName } from '@sluice/schemas/topics';
import { printableLine, timeOf } from '../printable.ts';
import { toJson } from '../say.ts';

/** A record of any topic of a stream as `sluice tail` shows it. */
export interface TailedRecord {
  /** `rating.v1/0/17`: topic below the stream, partition, offset. */
  readonly place: string;
  /** When ingress received it, or a dead letter was written first; epoch ms. */
  readonly atMs: number;
  readonly source: string;
  readonly vendor: string;
  readonly dataType: string;
  /** Of an event its type, of a dead letter its stage and reason, of a raw record nothing. */
  readonly type: string;
  /** What it holds: an event's fields, a payload as text. */
  readonly content: unknown;
}

/** @returns null for what is no record of Sluice's: a mark in the topic of dead letters, somebody else's record */
export async function tailRecord(
  name: TopicName,
  record: ConsumedRecord,
  decode: Decoder,
): Promise<TailedRecord | null> {
  const place = `${name}/${record.partition}/${record.offset}`;
  if (name.startsWith('raw.')) {
    const headers = readRawHeaders(record.headers);
    if (headers === null) return null;
    const { sourceId: source, vendor, dataType, receivedAtMs: atMs } = headers;
    return { place, atMs, source, vendor, dataType, type: '', content: record.value?.toString('utf8') ?? '' };
  }
  if (!record.value?.length) return null;
  if (name === 'dead-letter') {
    const decoded = await decode('dead-letter', record.value);
    return decoded.ok ? tailedDeadLetter(place, decoded.value) : null;
  }
  const topic = storedTopics.find((one) => one === name);
  const decoded = topic && (await decode(topic, record.value));
  if (!decoded?.ok) return null;
  const meta: Meta = decoded.value.meta;
  return {
    ...{ place, atMs: meta.received_at, source: meta.source_id, vendor: meta.vendor_id },
    ...{ dataType: meta.data_type, type: meta.event_type, content: decoded.value },
  };
}

function tailedDeadLetter(place: string, deadLetter: DeadLetter): TailedRecord {
  const { stage, reason, detail, source_id: source, vendor, data_type: dataType, payload, id } = deadLetter;
  return {
    ...{ place, atMs: deadLetter.first_seen, source, vendor: vendor.toLowerCase(), dataType },
    type: `${stage} ${reason}`,
    content: { id, detail, payload: Buffer.from(payload).toString('utf8') },
  };
}

/** Texts longer than this are cut in a line for people. */
const mostCharacters = 240;

/** One line for people: time, place, source, type, and what says most of the content. */
export function lineOf({ place, atMs, source, dataType, type, content }: TailedRecord): string {
  const text =
    typeof content === 'string' ? content.replaceAll(/\s+/g, ' ') : JSON.stringify(shortened(content));
  const cut = text.length > mostCharacters ? `${text.slice(0, mostCharacters)}…` : text;
  return [timeOf(atMs), place, source, dataType, type, cut]
    .filter((part) => part !== '')
    .map(printableLine)
    .join('  ');
}

/** An event without what it leaves empty, and without `meta`, whose parts stand before it. */
function shortened(content: unknown): unknown {
  if (typeof content !== 'object' || content === null) return content;
  return Object.fromEntries(
    Object.entries(content).filter(
      ([name, value]) =>
        name !== 'meta' && value !== null && value !== '' && value !== 'UNKNOWN' && !isEmptyList(value),
    ),
  );
}

const isEmptyList = (value: unknown): boolean => Array.isArray(value) && value.length === 0;

/** One JSON object. */
export const jsonOf = (record: TailedRecord): string => toJson({ ...record, at: timeOf(record.atMs) });
