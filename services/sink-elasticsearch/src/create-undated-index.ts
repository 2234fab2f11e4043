import { errors, type Client } from '@elastic/elasticsearch';
import type { StoredTopic } from '@sluice/schemas/topics';
import { undatedIndexOf } from './documents.ts';

/**
 * Creates the undated index of a topic unless it is there. It takes what no other index has a place for, and could not
 * be created at the moment when it is needed: at the cluster's limit of shards.
 */
export async function createUndatedIndex(client: Client, stream: string, topic: StoredTopic): Promise<void> {
  const index = undatedIndexOf(stream, topic);
  // An alias of what a rebuild made is there too.
  const isThere = (): Promise<boolean> => client.indices.exists({ index });
  if (await isThere()) return;
  try {
    await client.indices.create({ index });
  } catch (error) {
    // Somebody else may have created it at that moment.
    if (!(error instanceof errors.ResponseError) || !(await isThere())) throw error;
  }
}
