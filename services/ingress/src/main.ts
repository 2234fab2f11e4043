import { statfsSync } from 'node:fs';
import { hostname } from 'node:os';
import { createPublisher, defaultPublisherLimits } from '@sluice/kafka/publisher';
import type { RecentPush } from '@sluice/raw-event/recent-pushes';
import { brokenSizeLinks, rawTopic, rawTopicOf, topicOf, topics } from '@sluice/schemas/topics';
import { kafkaConnectionOf, registryConnectionOf } from '@sluice/service/kafka-settings';
import { readConfig } from '@sluice/service/read-config';
import { repeat } from '@sluice/service/repeat';
import { runService } from '@sluice/service/run-service';
import { serviceSources } from '@sluice/sources/live-sources';
import { openingsOf } from '@sluice/sources/openings';
import type { Source } from '@sluice/sources/source';
import { loadReceivers } from '@sluice/vendor-kit/vendor';
import { vendors } from '@sluice/vendors';
import { createAdmission, defaultAdmissionLimits } from './admission.ts';
import { createApp } from './app.ts';
import { createReplayCache } from './replay-cache.ts';
import { createCircuitBreaker } from './circuit-breaker.ts';
import { createDurableWriter } from './durable-writer.ts';
import { startHeartbeat } from './heartbeat.ts';
import { defaultSpoolLimits, openSpool, type Spool } from './spool/spool.ts';
import { describeUnreadable } from './ended-request.ts';
import { exposeKeys } from './key-metrics.ts';
import { createIngressDeadLetters } from './ingress-dead-letters.ts';
import { createPushMemory } from './recent-pushes.ts';
import { createRefusalLog } from './refusal-log.ts';
import { serve } from './serve.ts';
import { settings } from './settings.ts';
import { createSuspectBudget } from './suspect-budget.ts';

/** Failures in a row after which records go to the spool at once. */
const maxFailures = 5;
const drainEveryMs = 500;

function topicsOf(sources: readonly Source[]): string[] {
  return sources.flatMap(({ stream, vendor }) => [
    topicOf(stream, rawTopicOf(vendor)),
    topicOf(stream, 'raw.heartbeat'),
    topicOf(stream, 'dead-letter'),
  ]);
}

async function openOrThrow(folder: string, maxBytes: number): Promise<Spool> {
  const opened = await openSpool({ folder, limits: { ...defaultSpoolLimits, maxBytes } });
  if (opened.outcome === 'refused') throw new Error(opened.reason);
  return opened.spool;
}

/** 0 for a folder that cannot be asked. */
function freeBytesOf(folder: string): number {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return 0;
  }
}

await runService(
  'ingress',
  process,
  (env) => readConfig(settings, env),
  async ({ config, log, telemetry, tracing }) => {
    const broken = brokenSizeLinks({
      requestBytes: config.requestLimitBytes,
      rawBytes: rawTopic.maxMessageBytes,
      canonicalBytes: topics['conversation.v1'].maxMessageBytes,
      deadLetterBytes: topics['dead-letter'].maxMessageBytes,
    });
    if (broken.length > 0) throw new Error(broken.join('\n'));

    const receivers = await loadReceivers(vendors);
    const written = new Set<string>();
    const refuseTopics = (changed: readonly Source[]): string | null => {
      const unknown = topicsOf(changed).filter((topic) => !written.has(topic));
      return unknown.length > 0
        ? `The sources file now needs ${unknown.join(', ')}: restart ingress. Until then it works with the sources of before.`
        : null;
    };
    const context = { log, telemetry };
    const sources = serviceSources(
      config.sourcesFile,
      process.env,
      vendors,
      context,
      refuseTopics,
      openingsOf,
    );
    for (const topic of topicsOf(sources.all())) written.add(topic);
    const publisher = createPublisher(kafkaConnectionOf(config, 'sluice-ingress', log), [...written], {
      ...defaultPublisherLimits,
      deadlineMs: config.publishDeadlineMs,
      maxBytes: config.publishMaxBytes,
    });
    telemetry.gauge('sluice_publisher_waiting_records', () => publisher.inFlight().records);
    telemetry.gauge('sluice_publisher_waiting_bytes', () => publisher.inFlight().bytes);

    const spool =
      config.spoolFolder === undefined ? null : await openOrThrow(config.spoolFolder, config.spoolMaxBytes);
    const breaker = createCircuitBreaker(maxFailures, {
      opened: (topic) =>
        log.warn(
          spool
            ? `Kafka takes no records for ${topic}: spooling its pushes to disk. Vendors still get 200.`
            : `Kafka takes no records for ${topic}, and there is no spool: its pushes are answered with 503.`,
        ),
      closed: (topic) =>
        log.info(
          `Kafka takes records for ${topic} again: ${spool?.state().records ?? 0} of all topics wait in the spool.`,
        ),
    });
    const deadLetters = createIngressDeadLetters(registryConnectionOf(config));
    const writer = createDurableWriter({
      publisher,
      breaker,
      spool,
      prepare: (record) => deadLetters.prepare(record),
      insteadOf: (record) => deadLetters.insteadOf(record),
      on: {
        spooled: (outcome) => telemetry.count('sluice_spool_appends_total', { outcome }),
        tooLarge: () =>
          telemetry.count('sluice_dead_letters_total', { stage: 'INGRESS', reason: 'TOO_LARGE' }),
        problem: (sentence) => log.error(sentence),
      },
    });
    const heartbeat = startHeartbeat({
      publisher,
      streams: () => sources.all().map(({ stream }) => stream),
      everyMs: config.heartbeatMs,
      ingress: hostname(),
      nowMs: Date.now,
      onTaken: (topic) => breaker.succeeded(topic),
    });
    const draining = repeat(drainEveryMs, () => writer.drain());
    telemetry.gauges('sluice_kafka_circuit_open', () =>
      Array.from(written, (topic) => [{ topic }, Number(breaker.isOpen(topic))] as const),
    );
    telemetry.gauge('sluice_spool_bytes', () => spool?.state().bytes ?? 0);
    telemetry.gauge('sluice_spool_records', () => spool?.state().records ?? 0);
    telemetry.gauge('sluice_spool_oldest_seconds', () => {
      const oldest = spool?.state().oldestAppendedAtMs ?? null;
      return oldest === null ? 0 : (Date.now() - oldest) / 1000;
    });
    telemetry.gauge('sluice_spool_draining', () => Number(spool?.state().draining ?? false));
    telemetry.gauge('sluice_spool_quarantined_files', () => spool?.state().quarantined ?? 0);

    telemetry.gauge('sluice_spool_max_bytes', () => (spool === null ? 0 : config.spoolMaxBytes));
    telemetry.gauge('sluice_spool_disk_free_bytes', () =>
      config.spoolFolder === undefined ? 0 : freeBytesOf(config.spoolFolder),
    );

    const lastPushes = new Map<string, number>();
    telemetry.gauges('sluice_ingress_last_push_timestamp_seconds', () =>
      sources.all().map(({ id }) => {
        const atMs = lastPushes.get(id) ?? Date.now();
        lastPushes.set(id, atMs);
        return [{ source: id }, atMs / 1000] as const;
      }),
    );
    const onKeyUsed = exposeKeys(telemetry, () => sources.all());

    const admission = createAdmission({
      ...defaultAdmissionLimits,
      bodyBytes: config.bodiesMaxBytes,
      waitingRequests: Math.ceil(config.maxConnections / 2),
    });
    telemetry.gauge('sluice_ingress_body_bytes_in_flight', () => admission.inFlight().bytes);
    telemetry.gauge('sluice_ingress_requests_waiting', () => admission.inFlight().waiting);
    const memory = createPushMemory(() => sources.all().map(({ id }) => id), Date.now);
    const refusals = createRefusalLog((fields, sentence) => log.warn(fields, sentence));
    const minutes = setInterval(() => refusals.endMinute(), 60_000).unref();
    const onEnd = (push: RecentPush): void => {
      memory.note(push);
      refusals.note(push);
    };
    const app = createApp({
      onEnd,
      admission,
      findSource: (id) => sources.find(id),
      requestLimitBytes: config.requestLimitBytes,
      trustProxy: config.trustProxy,
      tracing,
      receiver: {
        vendors: receivers,
        writer,
        deadLetters,
        suspectBudget: createSuspectBudget(Date.now),
        replayCache: createReplayCache(config.replayCacheEntries),
        nowMs: Date.now,
        onWarning: ({ id }, warning) =>
          telemetry.count('sluice_ingress_warnings_total', { source: id, warning }),
        onDeadLetter: (reason) => telemetry.count('sluice_dead_letters_total', { stage: 'INGRESS', reason }),
        onKeyUsed,
      },
      onStaffAnswer: (source, page, route, outcome) =>
        telemetry.count('sluice_ingress_staff_requests_total', {
          source: source?.id ?? '',
          page: page ?? '',
          route,
          outcome,
        }),
      on: {
        body({ id }, bytes) {
          lastPushes.set(id, Date.now());
          telemetry.count('sluice_ingress_body_bytes_total', { source: id }, bytes);
        },
        refused: (source, reason) =>
          telemetry.count('sluice_ingress_refusals_total', { source: source?.id ?? '', reason }),
        answer(source, outcome, seconds) {
          telemetry.count('sluice_ingress_requests_total', { source: source?.id ?? '', outcome });
          telemetry.observe(
            'sluice_ingress_request_duration_seconds',
            { vendor: source?.vendor ?? '' },
            seconds,
          );
        },
      },
    });
    const serving = await serve(app, config, (unreadable) => onEnd(describeUnreadable(unreadable)));
    telemetry.gauge('sluice_ingress_requests_in_flight', () => serving.unanswered());
    log.info(
      `takes pushes on port ${serving.port} for ${sources
        .all()
        .map(({ id }) => id)
        .join(', ')}`,
    );

    return {
      pages: { '/pushes': (query) => memory.answer(query) },
      notReady: () => {
        const isKnown = [...written].some((topic) => publisher.takes(topic) && !breaker.isOpen(topic));
        const isTaken = isKnown && breaker.takesSome();
        if (spool?.state().writable || isTaken) return [];
        const spoolSays = spool
          ? `, and the spool does not either (${spool.state().lastFailure ?? 'it is full'})`
          : '';
        return [`Kafka takes no records, or topics are missing: run "sluice topics apply"${spoolSays}.`];
      },
      async stop() {
        sources.stop();
        await serving.stop();
        clearInterval(minutes);
        refusals.endMinute();
        await heartbeat.stop();
        await draining.stop();
        await publisher.close();
        const left = spool?.state().records ?? 0;
        if (left > 0)
          log.warn(
            `${left} records are left in the spool: the next ingress on its folder publishes them, or "sluice spool drain".`,
          );
        await spool?.close();
      },
      abort: () => [
        `${serving.abort()} pushes have no answer; the vendors send them again, and what was kept of them has the same ids.`,
      ],
    };
  },
);
