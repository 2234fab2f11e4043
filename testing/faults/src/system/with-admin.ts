import { connectKafka } from '@sluice/kafka/kafkajs';
import type { System } from './system.ts';

/** Kafka's administrator, as kafkajs has it. */
export type Admin = ReturnType<ReturnType<typeof connectKafka>['admin']>;

/** Does something as the administrator of the system's brokers. */
export async function withAdmin<T>(
  { endpoints }: Pick<System, 'endpoints'>,
  work: (admin: Admin) => Promise<T>,
): Promise<T> {
  const admin = connectKafka({ brokers: endpoints.kafkaBrokers, clientId: 'sluice-faults' }).admin();
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.disconnect();
  }
}
