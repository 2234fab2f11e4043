import { withAdmin } from './admin.ts';
import type { KafkaConnection } from './client.ts';

/** The committed offset of a group's partition with its metadata; null if nothing is committed. */
export async function committedMetadata(
  connection: KafkaConnection,
  groupId: string,
  { topic, partition }: { readonly topic: string; readonly partition: number },
): Promise<{ offset: string; metadata: string } | null> {
  const committed = await withAdmin(connection, (admin) => admin.committed(groupId, [topic]));
  const found = committed.get(topic)?.get(partition);
  return found ? { offset: String(found.offset), metadata: found.metadata } : null;
}
