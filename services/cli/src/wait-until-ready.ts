import { setTimeout as pause } from 'node:timers/promises';
import type { Publisher } from '@sluice/kafka/publisher';

/** @throws an error when Kafka has not answered, or lacks one of the publisher's topics, within 30 s */
export async function waitUntilReady(publisher: Pick<Publisher, 'ready'>): Promise<void> {
  const deadline = performance.now() + 30_000;
  while (!publisher.ready()) {
    if (performance.now() > deadline)
      throw new Error(
        'Kafka did not answer within 30 s, or topics are missing: check --brokers and --stream.',
      );
    await pause(50);
  }
}
