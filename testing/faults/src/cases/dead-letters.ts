import { developmentVendors, developmentSources } from '@sluice/start/development-sources';
import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { connectKafka } from '@sluice/kafka/kafkajs';
import { applyTopics, deleteTopics } from '@sluice/kafka/topics-admin';
import { writeRawHeaders } from '@sluice/raw-event/raw-headers';
import { topicOf, topics, rawTopicOf } from '@sluice/schemas/topics';
import { collect } from '@sluice/start/collect';
import type { CaseContext, FaultCase, Finding } from '../fault-case.ts';
import { drained, judge } from '../system/judge.ts';
import { startLoad } from '../system/load.ts';
import { createSealer } from '../system/seal.ts';
import { asSealed, hashOf, probe, type Probe } from './probe.ts';

/** Pushes that nobody can read arrive while there is no topic to keep them in; then there is one again. */
async function topicAway(context: CaseContext): Promise<Finding> {
  const system = await context.startSystem();
  const { endpoints, stream } = system;
  const connection = { brokers: endpoints.kafkaBrokers, clientId: 'sluice-faults' };
  const name = topicOf(stream, 'dead-letter');
  const load = await startLoad(system, { seed: context.seed, rate: 40 });
  await load.untilAcknowledged(50);
  await deleteTopics(connection, [name]);
  const sealer = await createSealer(system.sourcesFile, developmentSources.plain, context.seed);
  const unreadable = Array.from({ length: 10 }, (_, at): Probe => {
    const body = Buffer.from(`this is no XML ${at}`);
    const push = { ...sealer.seal(sealer.plain()), body, payloadHash: hashOf(body) };
    return { name: `unreadable ${at}`, request: asSealed(push), expect: 'acknowledged', push };
  });
  const { sent: bad, problems } = await probe(system, unreadable);
  await delay(context.pick(30, 5) * 1_000);
  await applyTopics(connection, [{ ...topics['dead-letter'], name, replicas: 1 }]);
  const startedAt = performance.now();
  const sent = await load.finish();
  await drained(system);
  const recoveryMs = performance.now() - startedAt;
  const { deadLetters } = await collect(endpoints, stream, system.since);
  const kept = new Set(deadLetters.map(({ position }) => position)).size;
  const missing = unreadable.length - kept;
  return judge(
    system,
    { types: sent.types, acknowledged: [...sent.acknowledged, ...bad.acknowledged] },
    { recoveryMs, problems: missing > 0 ? [...problems, `${missing} dead letters are missing.`] : problems },
  );
}

/** The largest record that the raw topic takes: twice what ingress lets in. */
async function hugeRecord(context: CaseContext): Promise<Finding> {
  const system = await context.startSystem();
  const load = await startLoad(system, { seed: context.seed, rate: 40 });
  await load.untilAcknowledged(50);
  const value = `<xml><msgId>1</msgId><text>${'大'.repeat(650_000)}</text></xml>`;
  const payloadHash = createHash('sha256').update(value).digest('hex');
  const producer = connectKafka({
    brokers: system.endpoints.kafkaBrokers,
    clientId: 'sluice-faults',
  }).producer();
  await producer.connect();
  const headers = writeRawHeaders({
    ...{
      sourceId: developmentSources.plain,
      vendor: developmentVendors.first,
      dataType: 'chatEnd',
      receivedAtMs: Date.now(),
    },
    ...{ requestId: 'huge', contentType: 'text/xml', keyUsed: 'none', signed: true, encrypted: false },
    ...{ payloadHash, traceparent: '' },
  });
  await producer.send({
    topic: topicOf(system.stream, rawTopicOf(developmentVendors.first)),
    messages: [{ key: 'huge', value, headers }],
  });
  await producer.disconnect();
  await load.untilAcknowledged(50);
  const startedAt = performance.now();
  const sent = await load.finish();
  await drained(system);
  const huge = {
    sourceId: developmentSources.plain,
    vendor: developmentVendors.first,
    dataType: 'chatEnd',
    payloadHash,
  };
  return judge(
    system,
    { types: sent.types, acknowledged: [...sent.acknowledged, huge] },
    { recoveryMs: performance.now() - startedAt },
  );
}

export const deadLetterCases: readonly FaultCase[] = [
  {
    name: 'dead-letter-topic-away',
    group: 'workers',
    fault: 'the dead-letter topic deleted while unreadable pushes arrive, and made again',
    expectation: 'Partitions are blocked until it is there; then every unreadable push is a dead letter.',
    run: topicAway,
  },
  {
    name: 'poison-huge',
    group: 'workers',
    fault: 'a raw record of nearly 2 MiB, which is all that its topic takes',
    expectation: 'It becomes events or a dead letter, and holds up nobody.',
    run: hugeRecord,
  },
];
