import { createHash } from 'node:crypto';
import { connectKafka } from '@sluice/kafka/client';
import { writeRawHeaders } from '@sluice/raw-event/raw-headers';
import { topicOf } from '@sluice/schemas/topics';
import { takePlainPushes } from './plain-pushes.ts';
import type { CaseContext, FaultCase, Finding } from '../fault-case.ts';
import { drained, judge, type Sent } from '../system/judge.ts';
import { startLoad } from '../system/load.ts';
import { withAdmin } from '../system/with-admin.ts';

async function addPartitions(context: CaseContext): Promise<Finding> {
  const system = await context.startSystem();
  const load = startLoad(system, { seed: context.seed, rate: 60 });
  await load.untilAcknowledged(100, 30_000);
  const grown = (['raw.echat', 'raw.sobot', 'conversation.v1', 'message.v1'] as const).map((name) => ({
    topic: topicOf(system.stream, name),
    count: 9,
  }));
  await withAdmin(system, (admin) => admin.createPartitions({ topicPartitions: grown }));
  // The publisher looks for partitions every 30 s; the groups every 5 min, or at the next rebalance.
  await load.untilAcknowledged(context.pick(3_000, 2_400), 120_000);
  const startedAt = performance.now();
  const sent = await load.finish();
  await drained(system, 330_000);
  return judge(system, sent, { recoveryMs: performance.now() - startedAt });
}

/** Kafka's numbers of codecs. */
const codecs = { gzip: 1, zstd: 4 } as const;

/** Raw records that another producer wrote, compressed: what a mirror or a future ingress may do. */
async function foreignBatch(context: CaseContext, codec: 'gzip' | 'zstd'): Promise<Finding> {
  const system = await context.startSystem();
  const pushes = takePlainPushes(system.sourcesFile, context.seed, context.pick(500, 100));
  const kafka = connectKafka({ brokers: system.endpoints.kafkaBrokers, clientId: 'sluice-faults' });
  const producer = kafka.producer();
  await producer.connect();
  for (const vendor of ['echat', 'sobot'] as const) {
    const messages = pushes
      .filter((push) => push.vendor === vendor)
      .map((push) => ({ key: push.id, value: push.text, headers: headersOf(push) }));
    const record = { topic: topicOf(system.stream, `raw.${vendor}`), messages };
    // kafkajs types a codec as its own enum, which only libs/kafka may import.
    Reflect.set(record, 'compression', codecs[codec]);
    await producer.send(record);
  }
  await producer.disconnect();
  const startedAt = performance.now();
  await drained(system);
  const sent: Sent = {
    types: [],
    acknowledged: pushes.map((push) => ({ ...push, payloadHash: hashOf(push.text) })),
  };
  return judge(system, sent, { recoveryMs: performance.now() - startedAt });
}

function headersOf(push: ReturnType<typeof takePlainPushes>[number]): Record<string, string> {
  return writeRawHeaders({
    ...{ sourceId: push.sourceId, vendor: push.vendor, dataType: push.dataType },
    ...{ receivedAtMs: Date.now(), requestId: push.id, contentType: 'text/plain', keyUsed: 'none' },
    ...{ signed: true, encrypted: false, payloadHash: hashOf(push.text), traceparent: '' },
  });
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

export const topicCases: readonly FaultCase[] = [
  {
    name: 'partitions-added',
    group: 'kafka',
    fault: 'partitions added to the raw and to two canonical topics under load',
    expectation: 'Within 5 min records in the new partitions are read, from their first on.',
    run: addPartitions,
  },
  {
    name: 'foreign-gzip-batch',
    group: 'kafka',
    fault: 'raw records that a foreign producer wrote in gzip batches',
    expectation: 'They are events like any other.',
    run: (context) => foreignBatch(context, 'gzip'),
  },
  {
    name: 'foreign-zstd-batch',
    group: 'kafka',
    fault: 'raw records that a foreign producer wrote in zstd batches',
    expectation: 'They are events like any other.',
    run: (context) => foreignBatch(context, 'zstd'),
  },
];
