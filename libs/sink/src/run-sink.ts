import { findSchemaIds } from '@sluice/canonical-event/registry';
import { createPublisher } from '@sluice/kafka/publisher';
import { storedTopics, topicOf } from '@sluice/schemas/topics';
import type { ConsumedRecord } from '@sluice/kafka/consumer';
import type { Reason } from '@sluice/schemas/schemas';
import { kafkaConnectionOf } from '@sluice/service/kafka-settings';
import { registryConnectionOf } from '@sluice/service/registry-settings';
import type { Context, Running } from '@sluice/service/run-service';
import { checkTopics } from '@sluice/stream/check-topics';
import { consumeStream } from '@sluice/stream/consume-stream';
import { createDeadLetterWriter, deadLetterOf } from '@sluice/stream/dead-letters';
import { recordSpans, traceDeadLetter } from '@sluice/stream/record-spans';
import { createRejectLimit } from '@sluice/stream/reject-limit';
import { streamEvents } from '@sluice/stream/stream-events';
import type { z } from 'zod';
import { createBatcherByTopic } from './batcher-by-topic.ts';
import { createEventDecoder } from './decode-events.ts';
import { createEventHandler } from './handle-events.ts';
import { findSettled } from './settled.ts';
import { measureWrites } from './measure-writes.ts';
import type { RoomLimits } from './room.ts';
import type { SinkDescriptor } from './sink-descriptor.ts';
import type { sinkShape } from './sink-settings.ts';
import type { Store } from './store.ts';

type SinkConfig = z.output<z.ZodObject<typeof sinkShape>>;

/**
 * Starts a sink: topics → decode → batch → store → commit.
 * @throws errors saying what is missing: topics, schemas, tables or templates
 */
export async function runSink(
  { service: name, span, stage }: Pick<SinkDescriptor, 'service' | 'span' | 'stage'>,
  store: Store,
  context: Context<SinkConfig>,
): Promise<Running> {
  const { config, log, telemetry } = context;
  const { stream } = config;
  const connection = kafkaConnectionOf(config, `sluice-${name}`, context);
  const registry = registryConnectionOf(config, (level, message) => log[level](message));
  const checked = await checkTopics(connection, stream, [...storedTopics, 'dead-letter']);
  const problems = [...checked.problems, ...(await store.missing())];
  if (problems.length > 0) throw new Error(problems.join('\n'));
  for (const message of checked.warnings) log.warn(message);
  const schemaIds = await findSchemaIds(registry, stream, ['dead-letter']);
  const decode = createEventDecoder(stream, registry, config.newerSchemas, (message) => log.warn(message));
  await decode.prepare();
  const isSettled = await findSettled(store, stream);

  const publisher = createPublisher(connection, [topicOf(stream, 'dead-letter')]);
  const writeDeadLetter = createDeadLetterWriter(publisher, stream, schemaIds.get('dead-letter') ?? 0);
  const batcher = createBatcherByTopic(measureWrites(store, name, telemetry), {
    maxItems: config.batchRecords,
    maxBytes: config.batchBytes,
    lingerMs: config.lingerMs,
    maxConcurrentWrites: config.concurrentWrites,
    besideSlow: { afterMs: 5_000, atMost: 8 },
  });
  const deadLetter = async (record: ConsumedRecord, reason: Reason, detail: string): Promise<void> => {
    await writeDeadLetter(deadLetterOf(record, stage, reason, detail));
    telemetry.count('sluice_dead_letters_total', { stage, reason });
  };
  const groupId = `${stream}.${name}`;
  const beginSpans = recordSpans(context.tracing, span, groupId);
  const handle = createEventHandler({
    batcher,
    decode,
    deadLetter,
    rejectLimit: createRejectLimit(config.maxConsecutiveRejects),
    isSettled,
    room: roomOf(config),
    beginSpans,
    count: (outcome, topic, records) => telemetry.count('sluice_records_total', { topic, outcome }, records),
  });
  const events = streamEvents(context, checked.retentionMs);
  const consumer = await consumeStream({
    connection,
    groupId,
    topics: storedTopics.map((topic) => topicOf(stream, topic)),
    partitionsAtOnce: config.partitionsAtOnce,
    chunk: { maxRecords: config.batchRecords, maxBytes: Math.ceil(config.batchBytes / 2) },
    sessionTimeoutMs: config.sessionTimeoutMs,
    stuckMs: config.stuckMs,
    handle,
    deadLetter: traceDeadLetter(beginSpans, deadLetter),
    on: events,
  });

  return {
    notReady: () => [...(publisher.ready() ? [] : ['Kafka has not answered yet.']), ...events.notReady()],
    async stop() {
      await consumer.stop();
      await batcher.close();
      await publisher.close();
      await store.close();
    },
    abort: () => consumer.abort(),
  };
}

/** As much as one topic writes at once, and a chunk of another one. */
function roomOf({ batchRecords, batchBytes, concurrentWrites }: SinkConfig): RoomLimits {
  return {
    records: batchRecords * (concurrentWrites + 1),
    bytes: batchBytes * concurrentWrites,
    topicShare: concurrentWrites / (concurrentWrites + 1),
  };
}
