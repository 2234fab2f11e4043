import { createFakePublisher } from '@sluice/kafka/testing/fake-publisher';
import { createEncoder } from '@sluice/canonical-event/avro-codec';
import type { RecentPush } from '@sluice/raw-event/recent-pushes';
import type { Source } from '@sluice/sources/source';
import type { Tracing } from '@sluice/telemetry/tracing';
import { loadReceivers, type Receivers } from '@sluice/vendor-kit/vendor';
import { vendors } from '@sluice/vendors';
import { Admission } from '../src/admission.ts';
import { createApp } from '../src/app.ts';
import { createCircuitBreaker } from '../src/circuit-breaker.ts';
import { createDurableWriter } from '../src/durable-writer.ts';
import type { Receiver } from '../src/receive.ts';
import { createReplayCache } from '../src/replay-cache.ts';
import { serve } from '@sluice/service/serve';
import { createSuspectBudget } from '../src/suspect-budget.ts';
import { push, type Push } from '@sluice/service/testing/push';
import { loadSenders, nowMs } from './senders.ts';
import { testSources } from './test-sources.ts';

export { nowMs } from './senders.ts';
export const limitBytes = 4_096;

export interface StartAppOptions {
  readonly trustProxy?: number | string;
  readonly tracing?: Tracing;
  readonly admission?: Admission;
  /** The sources of `test-sources.ts`, unless it is given. */
  readonly findSource?: (id: string) => Source | undefined;
  /** Instead of those of the vendors on the list. */
  readonly receivers?: Receivers;
  readonly onKeyUsed?: Receiver['onKeyUsed'];
}

/** Ingress over real HTTP, with a publisher that has no broker behind it. */
export async function startApp(options: StartAppOptions = {}) {
  const sources = testSources(await loadSenders());
  const publisher = createFakePublisher();
  const encode = createEncoder('dead-letter', 1);
  const writer = createDurableWriter({
    publisher,
    breaker: createCircuitBreaker(1_000),
    spool: null,
    prepare: (record) => Promise.resolve(record),
    insteadOf: () => Promise.resolve(null),
    on: { spooled: () => undefined, tooLarge: () => undefined, problem: () => undefined },
  });
  const outcomes: string[] = [];
  const warnings: string[] = [];
  const refusals: string[] = [];
  const ended: RecentPush[] = [];
  const app = createApp({
    admission: options.admission ?? new Admission(),
    findSource: options.findSource ?? ((id) => sources.find((source) => source.id === id)),
    requestLimitBytes: limitBytes,
    trustProxy: options.trustProxy ?? 0,
    tracing: options.tracing ?? null,
    receiver: {
      vendors: options.receivers ?? (await loadReceivers(vendors)),
      writer,
      deadLetters: {
        write: (stream, deadLetter) =>
          writer.write({
            topic: `${stream}.dead-letter`,
            key: Buffer.from(deadLetter.id),
            value: encode(deadLetter),
            headers: { 'sluice-reason': deadLetter.reason },
          }),
      },
      replayCache: createReplayCache(100, () => nowMs),
      suspectBudget: createSuspectBudget(() => nowMs),
      nowMs: () => nowMs,
      onWarning: (_source, warning) => warnings.push(warning),
      onDeadLetter: () => undefined,
      onKeyUsed: options.onKeyUsed ?? (() => undefined),
    },
    onEnd: (push) => ended.push(push),
    onStaffAnswer: (source, page, route, outcome) =>
      outcomes.push([source?.id, page, route, outcome].filter(Boolean).join(' ')),
    on: {
      body: () => undefined,
      answer: (source, outcome) => outcomes.push(`${source?.id ?? ''} ${outcome}`.trim()),
      refused: (source, reason) => refusals.push(`${source?.id ?? ''} ${reason}`.trim()),
    },
  });
  const serving = await serve(app, {
    host: '127.0.0.1',
    port: 0,
    maxConnections: 200,
    keepAliveMs: 5_000,
    isReady: () => true,
  });
  return {
    publisher,
    outcomes,
    warnings,
    refusals,
    ended,
    serving,
    push: (sent: Push) => push(serving.port, sent),
  };
}

export type StartedApp = Awaited<ReturnType<typeof startApp>>;
