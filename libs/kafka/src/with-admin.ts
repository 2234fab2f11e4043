import type { Admin } from 'kafkajs';
import { beginAgain } from './begin-again.ts';
import { patienceOf, type KafkaConnection } from './client.ts';
import { isTransientOfKafkajs } from './kafkajs/admin.ts';
import { connectKafka } from './kafkajs/connect-kafka.ts';

/** As `withAdmin` of `admin.ts`, with the admin client of kafkajs itself, whatever the connection names. */
export function withAdmin<T>(connection: KafkaConnection, work: (admin: Admin) => Promise<T>): Promise<T> {
  const { adminRetries: retries } = patienceOf(connection);
  return beginAgain({ retries }, isTransientOfKafkajs, async () => {
    const admin = connectKafka(connection).admin();
    try {
      await admin.connect();
      return await work(admin);
    } finally {
      await admin.disconnect().catch(() => undefined);
    }
  });
}
