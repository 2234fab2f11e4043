import { first, second } from '../vendors.ts';
import { createDecoder, createEncoder, type EventInput } from '@sluice/canonical-event/avro-codec';
import { avroTopics, findSchemaIds, schemaLookup } from '@sluice/canonical-event/registry';
import { connectKafka } from '@sluice/kafka/kafkajs';
import { commitAlone } from '@sluice/kafka/commit-alone';
import type { ConsumedRecord } from '@sluice/kafka/consumer';
import type { OutgoingRecord } from '@sluice/kafka/publisher';
import { waitUntil } from '@sluice/kafka/testing/wait-until';
import { deleteTopics, isTopic } from '@sluice/kafka/topics-admin';
import { createRecordMapper } from '@sluice/normalizer/map-record';
import { outgoingOf } from '@sluice/normalizer/outgoing-events';
import { rawTopicOf, topicOf, type CanonicalTopic } from '@sluice/schemas/topics';
import { createBatcher } from '@sluice/sink/batcher';
import { createEventDecoder } from '@sluice/sink/decode-events';
import type { Eraser } from '@sluice/sink/erasure';
import { createEventHandler } from '@sluice/sink/handle-events';
import type { RebuildTarget } from '@sluice/sink/rebuild-target';
import { findSettled } from '@sluice/sink/settled';
import { versionOf } from '@sluice/sink/version';
import { clickHouseEraser } from '@sluice/sink-clickhouse/erase-rows';
import { migrateClickHouse } from '@sluice/sink-clickhouse/migrate';
import { clickHouseRebuildTarget } from '@sluice/sink-clickhouse/rebuild-tables';
import { elasticsearchEraser } from '@sluice/sink-elasticsearch/erase-documents';
import { installTemplates } from '@sluice/sink-elasticsearch/install-templates';
import { elasticsearchRebuildTarget } from '@sluice/sink-elasticsearch/rebuild-indices';
import { readSources } from '@sluice/sources/read-sources';
import { loadMappings } from '@sluice/vendor-kit/vendor';
import { vendors } from '@sluice/vendors';
import { applyStreamTopics } from '../../src/apply-stream-topics.ts';
import { canonicalFeed } from '../../src/rebuild/canonical-feed.ts';
import type { Feed, FeedPlace } from '../../src/rebuild/feed.ts';
import { rawFeed } from '../../src/rebuild/raw-feed.ts';
import type { TestStream } from '../test-stream.ts';
import type { Seen } from './model.ts';
import { storeKinds, type StoreKind, watchedTopics, type WatchedTopic } from './watched.ts';

/** An event that the normalizer would produce, and what is known of it. */
export interface Mapped {
  readonly outgoing: OutgoingRecord;
  readonly topic: WatchedTopic;
  readonly id: string;
  readonly version: number;
  readonly rawPartition: number;
  readonly rawOffset: number;
}

/** The real servers, and the services' own code in this process, at the times that a history says. */
export interface HistoryServers {
  readonly sources: ReturnType<typeof readSources>;
  readonly schemaIds: FeedPlace['schemaIds'];
  /** Empties everything that the histories use. */
  clear(): Promise<void>;
  /** @returns the record as a consumer gets it */
  produce(record: OutgoingRecord, partition: number, timestampMs: number): Promise<ConsumedRecord>;
  expire(topic: string, partition: number, low: number): Promise<void>;
  /** Deletes topics and creates them again, empty. */
  recreate(topics: readonly string[]): Promise<void>;
  /** What the normalizer makes of a raw record. */
  map(record: ConsumedRecord): Promise<Mapped[]>;
  /** What is known of an event. */
  known(outgoing: OutgoingRecord): Promise<Mapped | null>;
  /**
   * The same event as a former mapping made it; with `instead`, an event that the present mapping does not make.
   */
  asBefore(mapped: Mapped, instead?: string): Promise<Mapped>;
  /** A sink that has just started. */
  startSink(store: StoreKind): Promise<{
    isSettled(record: ConsumedRecord): boolean;
    handle(records: readonly ConsumedRecord[]): Promise<void>;
    stop(): Promise<void>;
  }>;
  commit(
    store: StoreKind,
    topic: string,
    offsets: readonly { partition: number; offset: number }[],
  ): Promise<void>;
  target(store: StoreKind): RebuildTarget;
  eraser(store: StoreKind): Eraser;
  feed(
    from: 'raw' | 'canonical',
    topics: readonly CanonicalTopic[],
  ): { readonly feed: Feed; readonly place: FeedPlace };
  migrate(): Promise<void>;
  /** What readers of the watched topics see. */
  read(store: StoreKind): Promise<Seen[]>;
  close(): Promise<void>;
}

export const partitions = 2;

export async function historyServers(one: TestStream): Promise<HistoryServers> {
  const { stream, servers, kafka } = one;
  const { connection } = kafka;
  const registry = { url: servers.registryUrl };
  const schemaIds = await findSchemaIds(registry, stream, avroTopics);
  const sources = readSources(one.sourcesFile, 'unread', vendors);
  const mappings = await loadMappings(vendors);
  const byId = new Map(sources.map((source) => [source.id, source]));
  const mapRecord = createRecordMapper({ mappings, schemaIds, findSource: (id) => byId.get(id) });
  const client = connectKafka(connection);
  const producer = client.producer({ allowAutoTopicCreation: false });
  await producer.connect();
  const decode = createDecoder(schemaLookup(registry));
  const decodeEvent = createEventDecoder(stream, registry, 'hold', () => undefined);
  const clickhouse = {
    ...{ url: servers.clickhouseUrl, username: 'default' },
    database: stream,
  };
  const elasticsearch = { url: servers.elasticsearchUrl, stream };
  const targets = {
    clickhouse: clickHouseRebuildTarget(clickhouse),
    elasticsearch: elasticsearchRebuildTarget(elasticsearch),
  };
  const erasers = {
    clickhouse: clickHouseEraser(clickhouse),
    elasticsearch: elasticsearchEraser(elasticsearch),
  };
  const tables = { 'conversation.v1': 'conversation', 'message.v1': 'message' } as const;
  const indices = watchedTopics.map((topic) => `${stream}-${tables[topic]}-*`).join(',');

  const known = async (outgoing: OutgoingRecord): Promise<Mapped | null> => {
    const topic = watchedTopics.find((name) => topicOf(stream, name) === outgoing.topic);
    if (!topic) return null;
    const decoded = await decode(topic, outgoing.value);
    if (!decoded.ok) throw new Error(decoded.detail);
    const { meta } = decoded.value;
    return {
      ...{ outgoing, topic, id: meta.event_id, version: versionOf(meta) },
      ...{ rawPartition: meta.raw_partition, rawOffset: meta.raw_offset },
    };
  };
  const recreate = async (topics: readonly string[]): Promise<void> => {
    await deleteTopics(connection, topics);
    for (const topic of topics)
      await waitUntil(`${topic} is gone`, async () => !(await isTopic(connection, topic)));
    await applyStreamTopics(connection, stream, { replicas: 1, partitions });
  };
  const migrate = async (): Promise<void> => {
    await Promise.all([migrateClickHouse(clickhouse), installTemplates({ ...elasticsearch, replicas: 0 })]);
  };

  return {
    sources,
    schemaIds,
    async clear() {
      await recreate(
        [rawTopicOf(first), rawTopicOf(second), ...watchedTopics].map((name) => topicOf(stream, name)),
      );
      for (const name of await targets.clickhouse.orphans()) await targets.clickhouse.removeOrphan(name);
      const found = await one.elasticsearch('GET', `${stream}-*/_alias?expand_wildcards=all`);
      const own = [...watchedTopics.map((topic) => `${tables[topic]}-`), 'rebuild-'];
      const indexNames = Object.keys(found).filter((name) =>
        own.some((start) => name.startsWith(`${stream}-${start}`)),
      );
      if (indexNames.length > 0) await one.elasticsearch('DELETE', indexNames.join(','));
      await one.elasticsearch('DELETE', `_index_template/${stream}-rebuild-*`);
      for (const topic of watchedTopics) {
        await one.clickhouse(`TRUNCATE TABLE ${stream}.${tables[topic]}`);
        await one.clickhouse(`ALTER TABLE ${stream}.${tables[topic]} MODIFY COMMENT ''`);
        // Without the notes of rebuilds.
        const name = `_index_template/${stream}-${tables[topic]}`;
        const { index_templates } = (await one.elasticsearch('GET', name)) as {
          index_templates: [{ index_template: Record<'index_patterns' | 'priority' | 'template', unknown> }];
        };
        const { index_patterns, priority, template } = index_templates[0].index_template;
        await one.elasticsearch('PUT', name, { index_patterns, priority, template });
        await one.elasticsearch('PUT', `${stream}-${tables[topic]}-undated`);
      }
    },
    async produce({ topic, key, value, headers }, partition, timestampMs) {
      const [answer] = await producer.send({
        topic,
        acks: -1,
        messages: [{ partition, key, value, headers, timestamp: String(timestampMs) }],
      });
      return {
        ...{ topic, partition, offset: answer?.baseOffset ?? '', key, value, timestampMs },
        headers: Object.fromEntries(Object.entries(headers).map(([name, one]) => [name, Buffer.from(one)])),
      };
    },
    expire: (topic, partition, low) => kafka.forget(topic, [{ partition, offset: String(low) }]),
    recreate,
    async map(record) {
      const { raw, events, rejected } = mapRecord(record);
      const [reject] = rejected;
      if (!raw || reject) throw new Error(`A record of a history is ${reject?.reason ?? 'foreign'}.`);
      const produced = events.map((event) => outgoingOf(stream, event, raw.traceparent));
      return (await Promise.all(produced.map(known))).filter((mapped) => mapped !== null);
    },
    known,
    async asBefore({ outgoing, topic }, instead) {
      const decoded = await decode(topic, outgoing.value);
      if (!decoded.ok) throw new Error(decoded.detail);
      const { meta, ...fields } = decoded.value;
      const event = {
        meta: {
          ...meta,
          event_id: instead ?? meta.event_id,
          mapping_version: meta.mapping_version - 1,
        },
        ...fields,
      };
      const value =
        topic === 'message.v1'
          ? createEncoder(topic, schemaIds.get(topic) ?? 0)(event as EventInput<'message.v1'>)
          : createEncoder(topic, schemaIds.get(topic) ?? 0)(event as EventInput<'conversation.v1'>);
      const headers = { ...outgoing.headers, ce_id: event.meta.event_id };
      const before = await known({ ...outgoing, value, headers });
      if (!before) throw new Error(`${topic} is not watched.`);
      return before;
    },
    async startSink(store) {
      const isSettled = await findSettled(targets[store].live, stream);
      const batcher = createBatcher(targets[store].live, {
        ...{ maxItems: 500, maxBytes: 8 * 1024 * 1024, lingerMs: 0, maxConcurrentWrites: 2 },
      });
      const handle = createEventHandler({
        ...{ batcher, decode: decodeEvent, isSettled, beginSpans: null },
        rejectLimit: { check: () => undefined },
        deadLetter: (_record, reason, detail) =>
          Promise.reject(new Error(`An event of a history is ${reason}: ${detail}`)),
        count: () => undefined,
      });
      return { isSettled: (record) => isSettled?.(record) ?? false, handle, stop: () => batcher.close() };
    },
    async commit(store, topic, offsets) {
      const toCommit = offsets.map(({ partition, offset }) => ({
        ...{ topic, partition, offset: String(offset), metadata: '' },
      }));
      const [first, ...others] = toCommit;
      if (first) await commitAlone(connection, `${stream}.sink-${store}`, [first, ...others]);
    },
    target: (store) => targets[store],
    eraser: (store) => erasers[store],
    feed(from, topics) {
      const place: FeedPlace = { connection, registry, stream, topics, schemaIds, newerSchemas: 'hold' };
      return {
        place,
        feed: from === 'raw' ? rawFeed(place, byId, mappings) : canonicalFeed(place, () => undefined),
      };
    },
    migrate,
    async read(store) {
      if (store === 'clickhouse') {
        const rows = await one.clickhouse(
          watchedTopics
            .map((topic) => `SELECT event_id, version FROM ${stream}.${tables[topic]}_latest`)
            .join(' UNION ALL '),
        );
        return rows
          .split('\n')
          .filter((line) => line !== '')
          .map((line) => line.split('\t'))
          .map(([id = '', version]) => ({ id, version: Number(version) }));
      }
      await one.elasticsearch('POST', `${indices}/_refresh`);
      const { hits } = (await one.elasticsearch(
        'POST',
        `${indices}/_search?allow_partial_search_results=false`,
        { size: 10_000, version: true, _source: false },
      )) as { hits: { hits: { _id: string; _version: number }[] } };
      return hits.hits.map(({ _id, _version }) => ({ id: _id, version: _version }));
    },
    async close() {
      await producer.disconnect();
      for (const store of storeKinds) {
        await targets[store].close();
        await erasers[store].close();
      }
    },
  };
}
