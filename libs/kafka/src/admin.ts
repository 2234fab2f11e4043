import { setTimeout as delay } from 'node:timers/promises';
import type { AdminClient } from './admin-client.ts';
import { patienceOf, type KafkaConnection, type KafkaPatience } from './client.ts';
import { isTransientOfKafkajs, KafkajsAdminClient } from './kafkajs/admin.ts';
import { isTransientOfPlatformatic, PlatformaticAdminClient } from './platformatic/admin.ts';

/** Before the first retry; each one waits twice as long. */
const firstRetryAfterMs = 100;

/** An admin client of the library that a connection names. It must be closed. */
export function createAdmin(connection: KafkaConnection, patience: Partial<KafkaPatience> = {}): AdminClient {
  if (connection.client === 'platformatic') return new PlatformaticAdminClient(connection, patience);
  return new KafkajsAdminClient(connection, patience);
}

/**
 * Runs work with an admin client of its own, again from its start after a transient failure: the work must be
 * idempotent. Both libraries give most requests up with the first connection that breaks, with the first broker that
 * does not lead (yet, or no longer), and with the first one that has not heard of a topic.
 * @throws what the last run threw
 */
export function withAdmin<T>(
  connection: KafkaConnection,
  work: (admin: AdminClient) => Promise<T>,
  patience: Partial<KafkaPatience> = {},
): Promise<T> {
  const isTransient = connection.client === 'platformatic' ? isTransientOfPlatformatic : isTransientOfKafkajs;
  return beginAgain(patienceOf(connection, patience), isTransient, async () => {
    const admin = createAdmin(connection, patience);
    try {
      return await work(admin);
    } finally {
      await admin.close();
    }
  });
}

/** Runs work again from its start after a transient failure. @throws what the last run threw */
export async function beginAgain<T>(
  { adminRetries }: KafkaPatience,
  isTransient: (error: unknown) => boolean,
  work: () => Promise<T>,
): Promise<T> {
  for (let time = 0; ; time += 1) {
    try {
      return await work();
    } catch (error) {
      if (time === adminRetries || !isTransient(error)) throw error;
      await delay(firstRetryAfterMs * 2 ** time);
    }
  }
}
