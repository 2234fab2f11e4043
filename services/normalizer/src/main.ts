import type { z } from 'zod';
import { avroTopics, findSchemaIds } from '@sluice/canonical-event/registry';
import type { KafkaConnection } from '@sluice/kafka/client';
import { createPublisher } from '@sluice/kafka/publisher';
import type { Reason } from '@sluice/schemas/schemas';
import { canonicalTopics, storedTopics, topicOf, type TopicName } from '@sluice/schemas/topics';
import { kafkaConnectionOf } from '@sluice/service/kafka-settings';
import { registryConnectionOf } from '@sluice/service/registry-settings';
import { readConfig } from '@sluice/service/read-config';
import { runService, type Context } from '@sluice/service/run-service';
import { serviceSources } from '@sluice/sources/live-sources';
import { checkTopics, type CheckedTopics } from '@sluice/stream/check-topics';
import { consumeStream } from '@sluice/stream/consume-stream';
import { createDeadLetterWriter, deadLetterOf } from '@sluice/stream/dead-letters';
import { exposeHeartbeatAge } from '@sluice/stream/heartbeat-age';
import { recordSpans, traceDeadLetter } from '@sluice/stream/record-spans';
import { createRejectLimit } from '@sluice/stream/reject-limit';
import { streamEvents } from '@sluice/stream/stream-events';
import { watchSubscribers } from '@sluice/stream/subscriber-lag';
import { watchUnseenDeadLetters } from '@sluice/stream/unseen-dead-letters';
import type { Telemetry } from '@sluice/telemetry/telemetry';
import { loadMappings } from '@sluice/vendor-kit/vendor';
import { vendors } from '@sluice/vendors';
import { rawTopics } from '@sluice/vendors/topics';
import { createPipeline, type Pipeline } from './pipeline.ts';
import { publisherLimits } from './publisher-limits.ts';
import { configSchema } from './settings.ts';
import { watchRegistry } from './watch-registry.ts';

const read: TopicName[] = [...rawTopics, 'raw.heartbeat'];
/** How often things are checked that no record reveals. */
const lookEveryMs = 15_000;
const written: TopicName[] = [...storedTopics, 'dead-letter'];

type Config = z.output<z.ZodObject<typeof configSchema>>;

function countDeadLetter(telemetry: Telemetry, reason: Reason): void {
  telemetry.count('sluice_dead_letters_total', { stage: 'NORMALIZER', reason });
}

/** What the metrics count of the pipeline. */
function countPipeline(telemetry: Telemetry): Pipeline['on'] {
  const heartbeatAge = exposeHeartbeatAge(telemetry, 'normalizer');
  return {
    record: ({ topic }, outcome) => telemetry.count('sluice_records_total', { topic, outcome }),
    event(topic, { vendor, receivedAtMs }) {
      if (topic === 'heartbeat.v1') {
        heartbeatAge.seen(receivedAtMs);
        return;
      }
      telemetry.count('sluice_events_total', { topic, vendor });
      const ageSeconds = (Date.now() - receivedAtMs) / 1000;
      telemetry.observe('sluice_event_age_seconds', { stage: 'normalizer' }, ageSeconds);
    },
    deadLetter: (reason) => countDeadLetter(telemetry, reason),
    repair: (vendor, repair) => telemetry.count('sluice_repairs_total', { vendor, repair }),
    unknown: (vendor, kind) => telemetry.count('sluice_unknown_values_total', { vendor, kind }),
  };
}

/** @throws when topics are missing, or do not fit each other */
async function checkedTopics(
  connection: KafkaConnection,
  stream: string,
  log: Context<Config>['log'],
): Promise<CheckedTopics> {
  const checked = await checkTopics(connection, stream, [...read, ...written]);
  if (checked.problems.length > 0) throw new Error(checked.problems.join('\n'));
  for (const message of checked.warnings) log.warn(message);
  return checked;
}

/** What no record reveals is looked at from time to time. */
function startWatches(
  context: Context<Config>,
  connection: KafkaConnection,
  retentionMs: ReadonlyMap<string, number>,
  deadLetterSchema: number,
) {
  const { stream, subscriberGroups: groups = [] } = context.config;
  const canonical = canonicalTopics.map((name) => topicOf(stream, name));
  const deadLettersMs = retentionMs.get(topicOf(stream, 'dead-letter')) ?? Number.POSITIVE_INFINITY;
  return [
    watchSubscribers({ connection, groups, topics: canonical, retentionMs, everyMs: lookEveryMs }, context),
    watchUnseenDeadLetters({ connection, stream, everyMs: lookEveryMs, retentionMs: deadLettersMs }, context),
    watchRegistry(
      registryConnectionOf(context.config, (level, message) => context.log[level](message)),
      deadLetterSchema,
      lookEveryMs,
      context,
      context.fail,
    ),
  ];
}

await runService(
  'normalizer',
  process,
  (env) => readConfig(configSchema, env),
  async (context) => {
    const { config, log, telemetry } = context;
    const { stream } = config;
    const connection = kafkaConnectionOf(config, 'sluice-normalizer', context);
    const sources = serviceSources(config.sourcesFile, 'unread', vendors, context);
    const { retentionMs, maxMessageBytes: limits } = await checkedTopics(connection, stream, log);
    const mappings = await loadMappings(vendors);
    const schemaIds = await findSchemaIds(registryConnectionOf(config), stream, avroTopics);

    const publisher = createPublisher(
      connection,
      written.map((name) => topicOf(stream, name)),
      publisherLimits,
    );
    const deadLetterSchema = schemaIds.get('dead-letter') ?? 0;
    const writeDeadLetter = createDeadLetterWriter(publisher, stream, deadLetterSchema);
    const groupId = `${stream}.normalizer`;
    const beginSpans = recordSpans(context.tracing, 'normalize', groupId);
    const handle = createPipeline({
      mappings,
      stream,
      findSource: (id) => {
        const source = sources.find(id);
        return source?.stream === stream ? source : undefined;
      },
      publisher,
      schemaIds,
      limits,
      writeDeadLetter,
      rejectLimit: createRejectLimit(config.maxConsecutiveRejects),
      beginSpans,
      on: countPipeline(telemetry),
    });
    const watches = startWatches(context, connection, retentionMs, deadLetterSchema);
    const events = streamEvents(context, retentionMs);
    const consumer = await consumeStream({
      connection,
      groupId,
      topics: read.map((name) => topicOf(stream, name)),
      partitionsAtOnce: config.partitionsAtOnce,
      chunk: { maxRecords: config.chunkRecords, maxBytes: config.chunkBytes },
      sessionTimeoutMs: config.sessionTimeoutMs,
      stuckMs: config.stuckMs,
      handle,
      deadLetter: traceDeadLetter(beginSpans, async (record, reason, detail) => {
        await writeDeadLetter(deadLetterOf(record, 'NORMALIZER', reason, detail));
        countDeadLetter(telemetry, reason);
      }),
      on: events,
    });

    return {
      notReady: () => [...(publisher.ready() ? [] : ['Kafka has not answered yet.']), ...events.notReady()],
      async stop() {
        await consumer.stop();
        sources.stop();
        await Promise.all(watches.map((watch) => watch.stop()));
        await publisher.close();
      },
      abort: () => consumer.abort(),
    };
  },
);
