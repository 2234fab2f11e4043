import kafkajs, { type Admin } from 'kafkajs';
import { beginAgain } from '../src/begin-again.ts';
import { patienceOf, type KafkaConnection } from '../src/client.ts';
import { isTransientOfKafkajs } from '../src/kafkajs/admin.ts';
import { connectKafka } from '../src/kafkajs/connect-kafka.ts';

/** As `withAdmin`, with the admin client of kafkajs itself, which can do more. */
export function withKafkajsAdmin<T>(
  connection: KafkaConnection,
  work: (admin: Admin) => Promise<T>,
): Promise<T> {
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

/** Sets one setting of a topic. */
export async function setTopicSetting(
  connection: KafkaConnection,
  topic: string,
  name: string,
  value: string,
): Promise<void> {
  const resources = [
    { type: kafkajs.ConfigResourceTypes.TOPIC, name: topic, configEntries: [{ name, value }] },
  ];
  await withKafkajsAdmin(connection, (admin) => admin.alterConfigs({ validateOnly: false, resources }));
}
