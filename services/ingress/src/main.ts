import { hostname } from 'node:os';
import type { z } from 'zod';
import { createPublisher, defaultPublisherLimits } from '@sluice/kafka/publisher';
import type { RecentPush } from '@sluice/raw-event/recent-pushes';
import { rawTopicOf, topicOf } from '@sluice/schemas/topics';
import { listeningOf } from '@sluice/service/http-settings';
import { kafkaConnectionOf } from '@sluice/service/kafka-settings';
import { registryConnectionOf } from '@sluice/service/registry-settings';
import type { Log } from '@sluice/service/log';
import { readConfig } from '@sluice/service/read-config';
import { repeat } from '@sluice/service/repeat';
import { runService, type Context } from '@sluice/service/run-service';
import { serve } from '@sluice/service/serve';
import { serviceSources } from '@sluice/sources/live-sources';
import { openingsOf } from '@sluice/sources/openings';
import type { Source } from '@sluice/sources/source';
import { loadReceivers } from '@sluice/vendor-kit/vendor';
import { vendors } from '@sluice/vendors';
import { Admission, defaultAdmissionLimits } from './admission.ts';
import { createApp } from './app.ts';
import { checkTopicSizes } from './check-sizes.ts';
import { createReplayCache } from './replay-cache.ts';
import { createCircuitBreaker } from './circuit-breaker.ts';
import { createDurableWriter } from './durable-writer.ts';
import { startHeartbeat } from './heartbeat.ts';
import { defaultSpoolLimits, openSpool, type Spool } from './spool/spool.ts';
import { describeUnreadable } from './ended-request.ts';
import { exposeKeys } from './key-metrics.ts';
import { createIngressDeadLetters } from './ingress-dead-letters.ts';
import {
  countPushes,
  exposeAdmission,
  exposeCircuits,
  exposePublisher,
  exposeSpool,
} from './ingress-metrics.ts';
import { createPushMemory } from './recent-pushes.ts';
import { createRefusalLog } from './refusal-log.ts';
import { configSchema } from './settings.ts';
import { createSuspectBudget } from './suspect-budget.ts';

/** Failures in a row after which records go to the spool at once. */
const maxFailures = 5;
const drainEveryMs = 500;

type Config = z.output<z.ZodObject<typeof configSchema>>;

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

/** What the log says of a topic's circuit. */
const circuitLog = (log: Pick<Log, 'info' | 'warn'>, spool: Spool | null) => ({
  opened: (topic: string) =>
    log.warn(
      spool
        ? `Kafka takes no records for ${topic}: spooling its pushes to disk. Vendors still get 200.`
        : `Kafka takes no records for ${topic}, and there is no spool: its pushes are answered with 503.`,
    ),
  closed: (topic: string) =>
    log.info(
      `Kafka takes records for ${topic} again: ${spool?.state().records ?? 0} of all topics wait in the spool.`,
    ),
});

/** Logs, as soon as Kafka answers, what does not fit its topics. */
const tellSizes = (context: Context<Config>, sources: readonly Source[]): void =>
  void checkTopicSizes(
    kafkaConnectionOf(context.config, 'sluice-ingress', context),
    sources,
    context.config.requestLimitBytes,
    context.log,
  );

/** What keeps records: Kafka, or the disk while Kafka takes none. */
async function openKeepers(context: Context<Config>, written: ReadonlySet<string>) {
  const { config, log, telemetry } = context;
  const publisher = createPublisher(kafkaConnectionOf(config, 'sluice-ingress', context), [...written], {
    ...defaultPublisherLimits,
    deadlineMs: config.publishDeadlineMs,
    maxBytes: config.publishMaxBytes,
  });
  const spool =
    config.spoolFolder === undefined ? null : await openOrThrow(config.spoolFolder, config.spoolMaxBytes);
  const breaker = createCircuitBreaker(maxFailures, circuitLog(log, spool));
  const deadLetters = createIngressDeadLetters(
    registryConnectionOf(config, (level, message) => log[level](message)),
  );
  const writer = createDurableWriter({
    publisher,
    breaker,
    spool,
    prepare: (record) => deadLetters.prepare(record),
    insteadOf: (record) => deadLetters.insteadOf(record),
    on: {
      spooled: (outcome) => telemetry.count('sluice_spool_appends_total', { outcome }),
      tooLarge: () => telemetry.count('sluice_dead_letters_total', { stage: 'INGRESS', reason: 'TOO_LARGE' }),
      problem: (message) => log.error(message),
    },
  });
  exposePublisher(telemetry, publisher);
  exposeCircuits(telemetry, breaker, written);
  exposeSpool(telemetry, spool, config);
  return { publisher, spool, breaker, deadLetters, writer };
}

type Keepers = Awaited<ReturnType<typeof openKeepers>>;

/** Ready is who can keep a record: on the disk, or in Kafka. */
function whyNotReady({ publisher, breaker, spool }: Keepers, written: ReadonlySet<string>): string[] {
  const isKnown = [...written].some((topic) => publisher.takes(topic) && !breaker.isOpen(topic));
  const isTaken = isKnown && breaker.takesSome();
  if (spool?.state().writable || isTaken) return [];
  const spoolSays = spool
    ? `, and the spool does not either (${spool.state().lastFailure ?? 'it is full'})`
    : '';
  return [`Kafka takes no records, or topics are missing: run "sluice topics apply"${spoolSays}.`];
}

/** Why changed sources are not taken: they need topics that ingress does not write to. Null when they are. */
function whyRefused(changed: readonly Source[], written: ReadonlySet<string>): string | null {
  const unknown = topicsOf(changed).filter((topic) => !written.has(topic));
  return unknown.length > 0
    ? `The sources file now needs ${unknown.join(', ')}: restart ingress. Until then it uses the previous sources.`
    : null;
}

await runService(
  'ingress',
  process,
  (env) => readConfig(configSchema, env),
  async (context) => {
    const { config, log, telemetry, tracing } = context;
    const receivers = await loadReceivers(vendors);
    const written = new Set<string>();
    const sources = serviceSources(
      config.sourcesFile,
      process.env,
      vendors,
      context,
      (changed) => whyRefused(changed, written),
      openingsOf,
    );
    for (const topic of topicsOf(sources.all())) written.add(topic);
    tellSizes(context, sources.all());
    const keepers = await openKeepers(context, written);
    const { publisher, spool, breaker, deadLetters, writer } = keepers;
    const heartbeat = startHeartbeat({
      publisher,
      streams: () => sources.all().map(({ stream }) => stream),
      everyMs: config.heartbeatMs,
      ingress: hostname(),
      nowMs: Date.now,
      onTaken: (topic) => breaker.succeeded(topic),
    });
    const draining = repeat(drainEveryMs, () => writer.drain());
    const onKeyUsed = exposeKeys(telemetry, () => sources.all());

    const admission = new Admission({
      ...defaultAdmissionLimits,
      bodyBytes: config.bodiesMaxBytes,
      waitingRequests: Math.ceil(config.maxConnections / 2),
    });
    exposeAdmission(telemetry, admission);
    const memory = createPushMemory(() => sources.all().map(({ id }) => id), Date.now);
    const refusals = createRefusalLog((fields, message) => log.warn(fields, message));
    const minutes = setInterval(() => refusals.endMinute(), 60_000).unref();
    const onEnd = (push: RecentPush): void => {
      memory.note(push);
      refusals.note(push);
    };
    const { on, onStaffAnswer, onWarning, onDeadLetter } = countPushes(telemetry, () => sources.all());
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
        onWarning,
        onDeadLetter,
        onKeyUsed,
      },
      onStaffAnswer,
      on,
    });
    const notReady = (): string[] => whyNotReady(keepers, written);
    const limits = { ...listeningOf(config, log), isReady: () => notReady().length === 0 };
    const serving = await serve(app, limits, (unreadable) => onEnd(describeUnreadable(unreadable)));
    telemetry.gauge('sluice_ingress_requests_in_flight', () => serving.unanswered());
    const ids = sources.all().map(({ id }) => id);
    log.info(`takes pushes on port ${serving.port} for ${ids.join(', ')}`);

    return {
      pages: { '/pushes': (query) => memory.answer(query) },
      notReady,
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
        `${serving.abort()} pushes were not answered. Vendors may resend them; their events keep the same ids.`,
      ],
    };
  },
);
