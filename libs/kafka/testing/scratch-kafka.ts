import { randomUUID } from 'node:crypto';
import { kafkaClients, type KafkaConnection } from '../src/client.ts';
import { endOffsets, applyTopics, deleteTopics, type WantedTopic } from '../src/topics-admin.ts';
import { committedOffsets } from '../src/group-lag.ts';
import { withAdmin } from '../src/admin.ts';
import { withKafkajsAdmin } from './kafkajs-admin.ts';
import { readRange } from '../src/read-range.ts';
import type { ConsumedRecord } from '../src/consumer.ts';

/** Topics and groups of a test file's own, on the broker that Jest's set-up acquired. */
export interface ScratchKafka {
  readonly connection: KafkaConnection;
  /** A name that nobody else uses, for a topic, a group or a stream; what bears it is removed at the end. */
  name(): string;
  /** Creates a topic whose partitions take writes. Default: one partition. */
  topic(wanted?: Partial<WantedTopic>): Promise<string>;
  /** Every record that is in a topic now, in order within each partition. */
  readAll(topic: string): Promise<ConsumedRecord[]>;
  /** What a group committed for each partition that it committed anything for. */
  committed(groupId: string, topic: string): Promise<Map<number, bigint>>;
  /** Deletes the records before an offset of each partition, as retention does. */
  forget(topic: string, before: readonly { partition: number; offset: string }[]): Promise<void>;
  remove(): Promise<void>;
}

const settings = {
  partitions: 1,
  replicas: 1,
  retentionMs: 3_600_000,
  maxMessageBytes: 1024 * 1024,
} satisfies Omit<WantedTopic, 'name'>;

export function scratchKafka(): ScratchKafka {
  const { kafkaBrokers } = JSON.parse(process.env.SLUICE_TEST_ENDPOINTS ?? '{}') as {
    kafkaBrokers: string[];
  };
  // A tier can be run with the other client library as a whole.
  const client = kafkaClients.find((one) => one === process.env.SLUICE_KAFKA_CLIENT);
  const connection: KafkaConnection = { brokers: kafkaBrokers, clientId: 'test', ...(client && { client }) };
  const prefix = `test_${randomUUID().replaceAll('-', '').slice(0, 12)}`;
  let names = 0;
  const name = (): string => `${prefix}_${(names += 1)}`;

  return {
    connection,
    name,
    async topic(wanted = {}) {
      const topic = wanted.name ?? name();
      await applyTopics(connection, [{ ...settings, ...wanted, name: topic }]);
      // Until a partition's leader answers, it refuses batches, and kafkajs then writes the other ones twice.
      await endOffsets(connection, topic);
      return topic;
    },
    async readAll(topic) {
      const records: ConsumedRecord[] = [];
      await readRange(connection, { topic, from: new Map(), to: await endOffsets(connection, topic) }, (r) =>
        records.push(r),
      );
      return records;
    },
    async committed(groupId, topic) {
      return (await committedOffsets(connection, groupId, [topic])).get(topic) ?? new Map<number, bigint>();
    },
    forget: (topic, before) =>
      withKafkajsAdmin(connection, async (admin) => {
        // The client must know the partitions' leaders before it can delete from them.
        await admin.fetchTopicOffsets(topic);
        await admin.deleteTopicRecords({ topic, partitions: [...before] });
      }),
    async remove() {
      const { topics, groups } = await withKafkajsAdmin(connection, async (admin) => ({
        topics: (await admin.listTopics()).filter((topic) => topic.startsWith(prefix)),
        groups: (await admin.listGroups()).groups
          .map(({ groupId }) => groupId)
          .filter((groupId) => groupId.startsWith(prefix)),
      }));
      await deleteTopics(connection, topics);
      if (groups.length > 0) await withAdmin(connection, (admin) => admin.deleteGroups(groups));
    },
  };
}
