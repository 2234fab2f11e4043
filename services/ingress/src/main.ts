import { createPublisher, defaultPublisherLimits } from '@sluice/kafka/publisher';
import { brokenSizeLinks, topicOf, topics } from '@sluice/schemas/topics';
import { kafkaConnectionOf, registryConnectionOf } from '@sluice/service/kafka-settings';
import { readConfig } from '@sluice/service/read-config';
import { runService } from '@sluice/service/run-service';
import { readSources } from '@sluice/sources/read-sources';
import { createApp } from './app.ts';
import { createReplayMemory } from './replay-memory.ts';
import { createIngressDeadLetters } from './ingress-dead-letters.ts';
import { serve } from './serve.ts';
import { settings } from './settings.ts';

await runService(
  'ingress',
  process,
  (env) => readConfig(settings, env),
  async ({ config, log, telemetry }) => {
    const broken = brokenSizeLinks({
      requestBytes: config.requestLimitBytes,
      rawBytes: topics['raw.echat'].maxMessageBytes,
      canonicalBytes: topics['conversation.v1'].maxMessageBytes,
      deadLetterBytes: topics['dead-letter'].maxMessageBytes,
    });
    if (broken.length > 0) throw new Error(broken.join('\n'));

    const sources = readSources(config.sourcesFile, process.env);
    const written = new Set(
      sources.flatMap(({ stream, vendor }) => [
        topicOf(stream, `raw.${vendor}`),
        topicOf(stream, 'dead-letter'),
      ]),
    );
    const publisher = createPublisher(
      { ...kafkaConnectionOf(config, 'sluice-ingress'), onLog: (level, message) => log[level](message) },
      [...written],
      { ...defaultPublisherLimits, deadlineMs: config.publishDeadlineMs, maxBytes: config.publishMaxBytes },
    );
    telemetry.gauge('sluice_publisher_waiting_records', () => publisher.inFlight().records);
    telemetry.gauge('sluice_publisher_waiting_bytes', () => publisher.inFlight().bytes);

    const app = createApp({
      sources,
      requestLimitBytes: config.requestLimitBytes,
      trustProxy: config.trustProxy,
      receiver: {
        publisher,
        writeDeadLetter: createIngressDeadLetters(publisher, registryConnectionOf(config)),
        replayMemory: createReplayMemory(config.replayMemoryEntries, config.replayMemoryMs),
        nowMs: Date.now,
        onOddity: ({ id }, oddity) =>
          telemetry.count('sluice_ingress_oddities_total', { source: id, oddity }),
        onDeadLetter: (reason) => telemetry.count('sluice_dead_letters_total', { stage: 'INGRESS', reason }),
        onKeyUsed: ({ id }, key) => telemetry.count('sluice_ingress_keys_used_total', { source: id, key }),
      },
      onAnswer: (source, outcome, seconds) => {
        telemetry.count('sluice_ingress_requests_total', { source: source?.id ?? '', outcome });
        telemetry.observe(
          'sluice_ingress_request_duration_seconds',
          { vendor: source?.vendor ?? '' },
          seconds,
        );
      },
    });
    const serving = await serve(app, config);
    log.info(`takes pushes on port ${serving.port} for ${sources.map(({ id }) => id).join(', ')}`);

    return {
      notReady: () =>
        publisher.ready()
          ? []
          : ['Kafka has not answered yet, or topics are missing: run "sluice topics apply".'],
      async stop() {
        await serving.stop();
        await publisher.close();
      },
    };
  },
);
