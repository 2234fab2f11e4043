import type { AddressInfo } from 'node:net';
import express from 'express';
// A reference owes nothing to our code: it uses the libraries as anybody would.
// eslint-disable-next-line no-restricted-imports
import kafkajs from 'kafkajs';
import type { VendorId } from '@sluice/vendors';
import { testingOf, type TestKeys } from '@sluice/vendors/testing/vendor-testing';
import { answerWith } from '../helper-process.ts';

/** What the reference gateway is asked: to start, once; then how it is. */
export interface GatewayQuestion {
  readonly start?: {
    readonly brokers: readonly string[];
    readonly topic: string;
    readonly partitions: number;
    readonly vendor: VendorId;
    readonly keys: TestKeys;
  };
}

export interface GatewayState {
  readonly port: number;
  readonly cpuSeconds: number;
}

/**
 * The least that a receiver must do: read a push, verify its signature, decrypt it, and answer when all in-sync replicas
 * have it. It has no admission, no spool, no headers, no metrics, and forgets what it has seen.
 * @returns the port
 */
async function startGateway({
  brokers,
  topic,
  partitions,
  vendor,
  keys,
}: NonNullable<GatewayQuestion['start']>): Promise<number> {
  const { receiver } = await testingOf(vendor);
  if (!receiver) throw new Error(`vendors/${vendor}/testing.ts has no receiver.`);
  const receive = receiver(keys);
  const { Kafka, Partitioners } = kafkajs;
  const producer = new Kafka({ clientId: 'reference', brokers: [...brokers] }).producer({
    allowAutoTopicCreation: false,
    createPartitioner: Partitioners.DefaultPartitioner,
  });
  await producer.connect();
  const send = batching(partitions, (partition, values) =>
    producer.send({ topic, acks: -1, messages: values.map((value) => ({ partition, value })) }),
  );
  const app = express().disable('x-powered-by').disable('etag').set('query parser', 'simple');
  app.post('/{*path}', express.raw({ type: () => true, limit: '2mb' }), (request, response) => {
    const query = request.query as Record<string, string>;
    const payload = receive({ query, body: request.body as Buffer });
    if (!payload) return void response.status(401).end();
    send(payload).then(
      () => response.type('text/plain').send('success'),
      () => response.status(503).end(),
    );
  });
  return new Promise((resolve) => {
    const server = app.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

/** Partitions in turn, one request out for each: it takes what came while the last one was out. */
function batching(
  partitions: number,
  write: (partition: number, values: Buffer[]) => Promise<unknown>,
): (value: Buffer) => Promise<void> {
  const mostAtOnce = 200;
  const queues = Array.from({ length: partitions }, () => ({
    waiting: [] as { value: Buffer; resolve: () => void; reject: (error: unknown) => void }[],
    isOut: false,
  }));
  let turn = 0;
  const next = async (partition: number): Promise<void> => {
    const queue = queues[partition];
    if (!queue || queue.isOut || queue.waiting.length === 0) return;
    queue.isOut = true;
    const batch = queue.waiting.splice(0, mostAtOnce);
    try {
      await write(
        partition,
        batch.map(({ value }) => value),
      );
      for (const { resolve } of batch) resolve();
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
    queue.isOut = false;
    void next(partition);
  };
  return (value) =>
    new Promise((resolve, reject) => {
      const partition = turn;
      turn = (turn + 1) % partitions;
      queues[partition]?.waiting.push({ value, resolve, reject });
      // One turn of the event loop, so that what arrives together leaves together.
      setImmediate(() => void next(partition));
    });
}

let port = 0;
answerWith(async (question): Promise<GatewayState> => {
  const { start } = question as GatewayQuestion;
  if (start) port = await startGateway(start);
  const { user, system } = process.cpuUsage();
  return { port, cpuSeconds: (user + system) / 1e6 };
});
