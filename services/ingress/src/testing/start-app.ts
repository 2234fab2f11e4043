import { createFakePublisher } from '@sluice/kafka/fake-publisher';
import { createDeadLetterWriter } from '@sluice/stream/dead-letters';
import { createApp } from '../app.ts';
import { createReplayMemory } from '../replay-memory.ts';
import { serve } from '../serve.ts';
import { push, type Push } from './push.ts';
import { sources } from './test-sources.ts';

/** The time of every test. */
export const nowMs = 1_700_000_000_000;
export const now = nowMs / 1000;
export const limitBytes = 4_096;

/** Ingress over real HTTP, with a publisher that has no broker behind it. */
export async function startApp(trustProxy = 0) {
  const publisher = createFakePublisher();
  const outcomes: string[] = [];
  const oddities: string[] = [];
  const app = createApp({
    sources,
    requestLimitBytes: limitBytes,
    trustProxy,
    receiver: {
      publisher,
      writeDeadLetter: (stream, letter) => createDeadLetterWriter(publisher, stream, 1)(letter),
      replayMemory: createReplayMemory(100, 900_000, () => nowMs),
      nowMs: () => nowMs,
      onOddity: (_source, oddity) => oddities.push(oddity),
      onDeadLetter: () => undefined,
      onKeyUsed: () => undefined,
    },
    onAnswer: (source, outcome) => outcomes.push(`${source?.id ?? ''} ${outcome}`.trim()),
  });
  const serving = await serve(app, { host: '127.0.0.1', port: 0, maxConnections: 200 });
  return {
    publisher,
    outcomes,
    oddities,
    serving,
    push: (sent: Push) => push(serving.port, sent),
  };
}

export type StartedApp = Awaited<ReturnType<typeof startApp>>;
