import { setTimeout as delay } from 'node:timers/promises';
import { createDecoder } from '@sluice/canonical-event/avro-codec';
import { schemaLookup } from '@sluice/canonical-event/registry';
import type { Endpoints } from '@sluice/dev-servers/endpoints';
import type { ConsumedRecord } from '@sluice/kafka/consumer';
import { groupLag } from '@sluice/kafka/group-lag';
import { readRanges } from '@sluice/kafka/read-range';
import { endOffsets } from '@sluice/kafka/topics-admin';
import { canonicalTopics, topicOf, type TopicName } from '@sluice/schemas/topics';
import { allTopics, rawTopics } from '@sluice/vendors/topics';
import type { Found, FoundDeadLetter, RawPosition } from './ledger.ts';

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
export interface Backlog {
  readonly normalizer: number;
  readonly clickhouse: number;
  readonly elasticsearch: number;
}

/** Asks the normalizer's group first: when it has nothing left, the sinks' topics are complete. */
export async function backlog(endpoints: Endpoints, stream: string): Promise<Backlog> {
  const connection = connectionTo(endpoints);
  const canonical = canonicalTopics.map((name) => topicOf(stream, name));
  const normalizer = await groupLag(
    connection,
    `${stream}.normalizer`,
    rawTopics.map((name) => topicOf(stream, name)),
  );
  const clickhouse = await groupLag(connection, `${stream}.sink-clickhouse`, canonical);
  const elasticsearch = await groupLag(connection, `${stream}.sink-elasticsearch`, canonical);
  return { normalizer, clickhouse, elasticsearch };
}

/**
 * Waits until the workers have finished everything.
 * @throws when the backlog does not shrink for `stallMs`
 */
export async function untilDrained(endpoints: Endpoints, stream: string, stallMs = 90_000): Promise<void> {
  let least = Number.POSITIVE_INFINITY;
  let since = performance.now();
  for (;;) {
    const left = await backlog(endpoints, stream);
    const sum = left.normalizer + left.clickhouse + left.elasticsearch;
    if (sum === 0) return;
    if (sum < least) {
      least = sum;
      since = performance.now();
    }
    if (performance.now() - since > stallMs) {
      throw new Error(
        `Nothing moves: the normalizer has ${left.normalizer} records left, ClickHouse's sink ${left.clickhouse}, Elasticsearch's ${left.elasticsearch}. Their logs say why.`,
      );
    }
    await delay(200);
  }
}

/** Reads back everything since the mark: topics, ClickHouse and Elasticsearch. */
export async function collect(endpoints: Endpoints, stream: string, since: Mark): Promise<Found> {
  const until = await ends(endpoints, stream);
  const readers = new Map<string, (record: ConsumedRecord) => void>();
  const read = (name: TopicName, onRecord: (record: ConsumedRecord) => void): void =>
    void readers.set(topicOf(stream, name), onRecord);

  const raw = new Map<string, Known>();
  rawTopics.forEach((name) =>
    read(name, (record) => {
      const header = (key: string): string => record.headers[key]?.toString() ?? '';
      const typed = { vendor: header('sluice-vendor'), dataType: header('sluice-data-type') };
      add(
        raw,
        `${header('sluice-source')}/${header('sluice-payload-hash')}`,
        typed,
        `${record.topic}/${record.partition}/${record.offset}`,
      );
    }),
  );

  const decode = createDecoder(schemaLookup({ url: endpoints.registryUrl }));
  const events = new Map<string, Known>();
  const decoding: Promise<void>[] = [];
  canonicalTopics.forEach((name) =>
    read(name, (record) => {
      const addEvent = async (): Promise<void> => {
        const decoded = await decode(name, record.value);
        if (!decoded.ok) throw new Error(`${record.topic} holds what is no event: ${decoded.detail}`);
        const { meta } = decoded.value;
        const typed = { vendor: meta.vendor_id, dataType: meta.data_type };
        add(events, meta.event_id, typed, `${meta.raw_topic}/${meta.raw_partition}/${meta.raw_offset}`);
      };
      decoding.push(addEvent());
    }),
  );

  const deadLetters: FoundDeadLetter[] = [];
  read('dead-letter', (record) => {
    // Empty records mark letters that were redriven.
    if (!record.value?.length) return;
    const addLetter = async (): Promise<void> => {
      const decoded = await decode('dead-letter', record.value);
      if (!decoded.ok) throw new Error(`${record.topic} holds what is no dead letter: ${decoded.detail}`);
      const {
        id,
        source_id: sourceId,
        stage,
        reason,
        vendor_id: vendor,
        data_type: dataType,
        topic,
        partition,
        offset,
      } = decoded.value;
      const position = topic === '' ? null : `${topic}/${partition}/${offset}`;
      deadLetters.push({ id, sourceId, stage, reason, vendor, dataType, position });
    };
    decoding.push(addLetter());
  });

  const ranges = allTopics.map((name) => ({
    topic: topicOf(stream, name),
    from: since.offsets.get(name) ?? new Map<number, bigint>(),
    to: until.get(name) ?? new Map<number, bigint>(),
  }));
  // One group for all topics: it joins once.
  await readRanges(connectionTo(endpoints), ranges, (record) => readers.get(record.topic)?.(record));
  await Promise.all(decoding);
  const [rows, documents] = await Promise.all([
    countRows(endpoints.clickhouseUrl, stream, since.atMs),
    countDocuments(endpoints.elasticsearchUrl, stream, since.atMs),
  ]);
  return { raw, events, deadLetters, rows, documents };
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

/** Distinct events received since then, by `vendor/dataType`, over all tables. */
async function countRows(url: string, stream: string, sinceMs: number): Promise<Map<string, number>> {
  const tables = canonicalTopics.map((topic) => topic.replace('.v1', '').replaceAll('-', '_'));
  const union = tables
    .map(
      (table) =>
        `SELECT vendor_id, data_type, event_id FROM ${stream}.${table} WHERE received_at >= fromUnixTimestamp64Milli(${sinceMs})`,
    )
    .join(' UNION ALL ');
  const query = `SELECT vendor_id AS vendor, data_type, uniqExact(event_id) AS events FROM (${union}) GROUP BY vendor, data_type FORMAT JSONEachRow`;
  const answer = await fetch(`${url}/`, { method: 'POST', body: query });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`ClickHouse did not count the rows: ${text}`);
  const rows = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { vendor: string; data_type: string; events: string | number });
  return new Map(rows.map(({ vendor, data_type, events }) => [`${vendor}/${data_type}`, Number(events)]));
}

/** Documents received since then, by `vendor/dataType`, over all indices. A document's id is its event's. */
async function countDocuments(url: string, stream: string, sinceMs: number): Promise<Map<string, number>> {
  const indices = `${url}/${stream}-*`;
  await fetch(`${indices}/_refresh?allow_no_indices=true`, { method: 'POST' });
  const answer = await fetch(`${indices}/_search?size=0&allow_no_indices=true`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      query: { range: { 'meta.received_at': { gte: sinceMs, format: 'epoch_millis' } } },
      aggs: {
        types: {
          composite: {
            size: 1000,
            sources: [
              { vendor: { terms: { field: 'meta.vendor_id' } } },
              { dataType: { terms: { field: 'meta.data_type' } } },
            ],
          },
        },
      },
    }),
  });
  const found = (await answer.json()) as Composite;
  if (!answer.ok) throw new Error(`Elasticsearch did not count the documents: ${JSON.stringify(found)}`);
  const buckets = found.aggregations?.types.buckets ?? [];
  return new Map(buckets.map(({ key, doc_count }) => [`${key.vendor}/${key.dataType}`, doc_count]));
}

interface Composite {
  aggregations?: { types: { buckets: { key: { vendor: string; dataType: string }; doc_count: number }[] } };
}

function connectionTo(endpoints: Endpoints): { brokers: string[]; clientId: string } {
  return { brokers: endpoints.kafkaBrokers, clientId: 'sluice-ledger' };
}
