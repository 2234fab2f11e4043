import type { AdminClient } from './admin-client.ts';
import { beginAgain } from './begin-again.ts';
import { patienceOf, type KafkaConnection, type KafkaPatience } from './client.ts';
import { isTransientOfKafkajs, KafkajsAdminClient } from './kafkajs/admin.ts';
import { PlatformaticAdminClient } from './platformatic/admin.ts';
import { isTransientOfPlatformatic } from './platformatic/errors.ts';

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
  const isTransient = (error: unknown): boolean =>
    connection.client === 'platformatic'
      ? isTransientOfPlatformatic(error, connection.brokers.length)
      : isTransientOfKafkajs(error);
  const { adminRetries: retries } = patienceOf(connection, patience);
  return beginAgain({ retries }, isTransient, async () => {
    const admin = createAdmin(connection, patience);
    try {
      return await work(admin);
    } finally {
      await admin.close();
    }
  });
}
