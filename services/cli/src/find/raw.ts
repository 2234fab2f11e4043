import type { ConsumedRecord } from '@sluice/kafka/consumer';
import { readRanges, workThroughRanges, type Range } from '@sluice/kafka/read-range';
import { offsetRanges, offsetsAtTime, type OffsetRange } from '@sluice/kafka/topics-admin';
import { normalize } from '@sluice/vendor-kit/mapping/normalize';
import { findRawHeaders, readRawHeaders, type RawHeaders } from '@sluice/raw-event/raw-headers';
import type { CanonicalTopic } from '@sluice/schemas/topics';
import { topicOf } from '@sluice/schemas/topics';
import type { RawPosition } from '@sluice/sink/stored-event';
import { readSources } from '@sluice/sources/read-sources';
import { vendors } from '@sluice/vendors';
import { rawTopics } from '@sluice/vendors/topics';
import { loadMappings, mappingOf } from '@sluice/vendor-kit/vendor';
import { kafkaAt } from '../access.ts';
import { awaiting } from '../status-line.ts';
import type { FindOptions } from './options.ts';

/** An event that a raw record becomes. */
interface ExpectedEvent {
  readonly eventId: string;
  readonly eventType: string;
  readonly topic: CanonicalTopic;
}

interface RawRecord extends RawHeaders {
  readonly payload: string;
  readonly bytes: number;
  /** What the mapping makes of it; null when no sources file says how. */
  readonly events: readonly ExpectedEvent[] | null;
  /** Reasons for which the mapping takes it, or a part of it, for a dead letter. */
  readonly rejects: readonly string[];
}

export interface RawPush {
  readonly position: RawPosition;
  /** Null when Kafka does no longer hold it, or it was not read. */
  readonly record: RawRecord | null;
}

/** Raw records that are kept in memory. */
const mostKept = 500;

/** Raw records that hold a text: in the payload, as the request id, or as the payload's hash. */
export async function findRaw(
  text: string,
  options: FindOptions,
): Promise<{ readonly records: number; readonly pushes: RawPush[] }> {
  const connection = kafkaAt(options.brokers);
  const decode = await createDecoder(options);
  const pushes: RawPush[] = [];
  let records = 0;
  await awaiting('Reading raw records', async () => {
    const ranges = await Promise.all(
      rawTopics.map(async (name): Promise<Range> => {
        const topic = topicOf(options.stream, name);
        const held = await offsetRanges(connection, topic);
        const from = await offsetsAtTime(connection, topic, options.since);
        const to = new Map([...held].map(([partition, { high }]) => [partition, high]));
        return { topic, from, to };
      }),
    );
    await workThroughRanges(connection, ranges, {
      onGone: () => undefined,
      onRecords(batch) {
        records += batch.length;
        for (const record of batch)
          if (pushes.length < mostKept && holds(record, text)) pushes.push(decode(record));
        return Promise.resolve();
      },
    });
  });
  return { records, pushes };
}

/** The raw record at a place. */
export async function readRaw(position: RawPosition, options: FindOptions): Promise<RawPush> {
  const { topic, partition, offset } = position;
  const connection = kafkaAt(options.brokers);
  const held = (await offsetRanges(connection, topic).catch(() => new Map<number, OffsetRange>())).get(
    partition,
  );
  const at = BigInt(offset);
  if (held === undefined || at < held.low || at >= held.high) return { position, record: null };
  const decode = await createDecoder(options);
  const found: RawPush[] = [];
  const range = { topic, from: new Map([[partition, at]]), to: new Map([[partition, at + 1n]]) };
  await readRanges(connection, [range], (record) => void found.push(decode(record)));
  return found[0] ?? { position, record: null };
}

function holds({ value, headers }: ConsumedRecord, text: string): boolean {
  const { requestId, payloadHash } = findRawHeaders(headers);
  return requestId === text || payloadHash === text || (value?.includes(text) ?? false);
}

/** Reads records, and maps them where a sources file is there. */
async function createDecoder({
  sources: file,
  stream,
}: FindOptions): Promise<(record: ConsumedRecord) => RawPush> {
  const mappings = await loadMappings(vendors);
  const sources =
    file === undefined ? [] : readSources(file, 'unread', vendors).filter((one) => one.stream === stream);
  return ({ topic, partition, offset, headers: bytes, value }) => {
    const position = { topic, partition, offset };
    const headers = readRawHeaders(bytes);
    if (headers === null || value === null) return { position, record: null };
    const source = sources.find(({ id }) => id === headers.sourceId);
    const mapped =
      source &&
      normalize({ payload: value, headers, source, position }, mappingOf(source, mappings), () => undefined);
    return {
      position,
      record: {
        ...headers,
        ...{ payload: value.toString('utf8'), bytes: value.length },
        events:
          mapped?.events.map(({ topic: of, value: { meta } }) => ({
            ...{ eventId: meta.event_id, eventType: meta.event_type, topic: of },
          })) ?? null,
        rejects: mapped?.rejected.map(({ reason }) => reason) ?? [],
      },
    };
  };
}
