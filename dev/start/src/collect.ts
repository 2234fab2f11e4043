import { setTimeout as delay } from 'node:timers/promises';
import { createDecoder, type Decoder } from '@sluice/canonical-event/avro-codec';
import { schemaLookup } from '@sluice/canonical-event/registry';
import { sinks, type SinkId } from '@sluice/cli/sinks';
import type { Endpoints } from '@sluice/dev-servers/endpoints';
import type { ConsumedRecord } from '@sluice/kafka/consumer';
import { groupLag } from '@sluice/kafka/group-lag';
import { readRanges } from '@sluice/kafka/read-range';
import { endOffsets } from '@sluice/kafka/topics-admin';
import { findRawHeaders } from '@sluice/raw-event/raw-headers';
import { canonicalTopics, topicOf, type CanonicalTopic, type TopicName } from '@sluice/schemas/topics';
import { allTopics, rawTopics } from '@sluice/vendors/topics';
import type { Found, FoundDeadLetter, RawPosition } from './ledger.ts';
import { storeAddresses } from './store-addresses.ts';

/** The moment from which a ledger counts. */
export interface Mark {
  readonly atMs: number;
  readonly offsets: ReadonlyMap<TopicName, ReadonlyMap<number, bigint>>;
}

/** Remembers the end of every topic, so that a ledger counts what comes after. */
export async function mark(endpoints: Endpoints, stream: string): Promise<Mark> {
  const atMs = Date.now();
  return { atMs, offsets: await ends(endpoints, stream) };
}

async function ends(endpoints: Endpoints, stream: string): Promise<Map<TopicName, Map<number, bigint>>> {
  const connection = connectionTo(endpoints);
  const found = new Map<TopicName, Map<number, bigint>>();
  for (const name of allTopics) found.set(name, await endOffsets(connection, topicOf(stream, name)));
  return found;
}

/** What the workers have not finished, in records. */
export type Backlog = Readonly<Record<'normalizer' | SinkId, number>>;

/** Asks the normalizer's group first: when it has nothing left, the sinks' topics are complete. */
export async function backlog(endpoints: Endpoints, stream: string): Promise<Backlog> {
  const connection = connectionTo(endpoints);
  const lagOf = (worker: string, topics: readonly TopicName[]): Promise<number> =>
    groupLag(
      connection,
      `${stream}.${worker}`,
      topics.map((name) => topicOf(stream, name)),
    );
  const normalizer = await lagOf('normalizer', rawTopics);
  const lags: [SinkId, number][] = [];
  for (const { id, service } of sinks) lags.push([id, await lagOf(service, canonicalTopics)]);
  return { normalizer, ...(Object.fromEntries(lags) as Record<SinkId, number>) };
}

/**
 * Whether less is left than there was at the least. While the normalizer works, it fills the topics of the sinks: until it has
 * nothing more to do, its own backlog alone counts.
 */
export function isLess(left: Backlog, least: Backlog): boolean {
  if (left.normalizer !== least.normalizer) return left.normalizer < least.normalizer;
  const ofSinks = (of: Backlog): number => sinks.reduce((sum, { id }) => sum + of[id], 0);
  return ofSinks(left) < ofSinks(least);
}

/**
 * Waits until the workers have finished everything.
 * @throws when the backlog does not shrink for `stallMs`
 */
export async function untilDrained(endpoints: Endpoints, stream: string, stallMs = 90_000): Promise<void> {
  let least: Backlog | undefined;
  let since = performance.now();
  for (;;) {
    const left = await backlog(endpoints, stream);
    if (Object.values(left).every((records) => records === 0)) return;
    if (least === undefined || isLess(left, least)) {
      least = left;
      since = performance.now();
    }
    if (performance.now() - since > stallMs) {
      const perSink = sinks.map(({ id, title }) => `${title}'s sink ${left[id]}`).join(', ');
      throw new Error(
        `Nothing moves: the normalizer has ${left.normalizer} records left, ${perSink}. Their logs say why.`,
      );
    }
    await delay(200);
  }
}

/** Reads back everything since the mark: topics, ClickHouse and Elasticsearch. */
export async function collect(endpoints: Endpoints, stream: string, since: Mark): Promise<Found> {
  const until = await ends(endpoints, stream);
  const readers = new Map<string, (record: ConsumedRecord) => unknown>();
  const read = (name: TopicName, onRecord: (record: ConsumedRecord) => unknown): void =>
    void readers.set(topicOf(stream, name), onRecord);

  const raw = new Map<string, Known>();
  for (const name of rawTopics) read(name, (record) => addRaw(raw, record));

  const decode = createDecoder(schemaLookup({ url: endpoints.registryUrl }));
  const decoding: Promise<void>[] = [];
  const events = new Map<string, Known>();
  for (const name of canonicalTopics)
    read(name, (record) => decoding.push(addEvent(events, decode, name, record)));
  const deadLetters: FoundDeadLetter[] = [];
  read('dead-letter', (record) => decoding.push(addDeadLetter(deadLetters, decode, record)));

  const ranges = allTopics.map((name) => ({
    topic: topicOf(stream, name),
    from: since.offsets.get(name) ?? new Map<number, bigint>(),
    to: until.get(name) ?? new Map<number, bigint>(),
  }));
  // One group for all topics: it joins once.
  await readRanges(connectionTo(endpoints), ranges, (record) => readers.get(record.topic)?.(record));
  await Promise.all(decoding);
  return { raw, events, deadLetters, stored: await storedSince(endpoints, stream, since.atMs) };
}

function addRaw(into: Map<string, Known>, { headers, topic, partition, offset }: ConsumedRecord): void {
  const { vendor, dataType, sourceId, payloadHash } = findRawHeaders(headers);
  add(into, `${sourceId}/${payloadHash}`, { vendor, dataType }, `${topic}/${partition}/${offset}`);
}

async function addEvent(
  into: Map<string, Known>,
  decode: Decoder,
  name: CanonicalTopic,
  { topic, value }: ConsumedRecord,
): Promise<void> {
  const decoded = await decode(name, value);
  if (!decoded.ok) throw new Error(`${topic} holds what is no event: ${decoded.detail}`);
  const { meta } = decoded.value;
  const typed = { vendor: meta.vendor_id, dataType: meta.data_type };
  add(into, meta.event_id, typed, `${meta.raw_topic}/${meta.raw_partition}/${meta.raw_offset}`);
}

async function addDeadLetter(
  into: FoundDeadLetter[],
  decode: Decoder,
  record: ConsumedRecord,
): Promise<void> {
  // Empty records mark dead letters that were redriven.
  if (!record.value?.length) return;
  const decoded = await decode('dead-letter', record.value);
  if (!decoded.ok) throw new Error(`${record.topic} holds what is no dead letter: ${decoded.detail}`);
  const { id, source_id: sourceId, stage, reason, vendor_id: vendor, data_type: dataType } = decoded.value;
  const { topic, partition, offset } = decoded.value;
  const position = topic === '' ? null : `${topic}/${partition}/${offset}`;
  into.push({ id, sourceId, stage, reason, vendor, dataType, position });
}

/** Distinct events received since then, in each store, by `vendor/dataType`. */
async function storedSince(endpoints: Endpoints, stream: string, sinceMs: number): Promise<Found['stored']> {
  const addresses = storeAddresses(endpoints, stream);
  const counts = await Promise.all(
    sinks.map(async (sink) => {
      const commands = await sink.commands();
      return [sink.id, await commands.countByType(addresses[sink.id], sinceMs)] as const;
    }),
  );
  return new Map(counts);
}

interface Known {
  readonly vendor: string;
  readonly dataType: string;
  readonly positions: Set<RawPosition>;
  records: number;
}

function add(
  into: Map<string, Known>,
  id: string,
  typed: { vendor: string; dataType: string },
  position: RawPosition,
): void {
  const known = into.get(id);
  if (known) {
    known.positions.add(position);
    known.records += 1;
  } else into.set(id, { ...typed, positions: new Set([position]), records: 1 });
}

function connectionTo(endpoints: Endpoints): { brokers: string[]; clientId: string } {
  return { brokers: endpoints.kafkaBrokers, clientId: 'sluice-ledger' };
}
