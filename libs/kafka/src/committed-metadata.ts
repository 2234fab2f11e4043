import type { KafkaConnection } from './client.ts';
import { withAdmin } from './with-admin.ts';

/** The committed offset of a group's partition with its metadata; null if nothing is committed. */
export function committedMetadata(
  connection: KafkaConnection,
  groupId: string,
  { topic, partition }: { readonly topic: string; readonly partition: number },
): Promise<{ offset: string; metadata: string } | null> {
  return withAdmin(connection, async (admin) => {
    const [found] = await admin.fetchOffsets({ groupId, topics: [topic] });
    const committed = found?.partitions.find((one) => one.partition === partition);
    if (!committed || committed.offset === '-1') return null;
    return { offset: committed.offset, metadata: committed.metadata ?? '' };
  });
}
