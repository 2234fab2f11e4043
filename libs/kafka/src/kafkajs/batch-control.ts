import type { EachBatchPayload } from 'kafkajs';
import type { KafkaConnection } from '../client.ts';
import { committedMetadata } from '../committed-metadata.ts';
import type { BatchControl } from '../consumed.ts';

/**
 * Commits, heartbeats and commit metadata of one batch.
 * @param isOurs that the group was not joined since the batch came: another member may have the partition
 */
export function batchControl(
  connection: KafkaConnection,
  groupId: string,
  payload: EachBatchPayload,
  isOurs: () => boolean,
): Omit<BatchControl, 'running' | 'aside'> {
  const { topic, partition } = payload.batch;
  const [lastRecord, lastOffset] = [payload.batch.messages.at(-1)?.offset, payload.batch.lastOffset()];
  // Do not use `consumer.commitOffsets`: it retries for a minute against a former coordinator, and after a stop it
  // returns without committing.
  const commit = async (offset: string, metadata = ''): Promise<void> => {
    if (!isOurs()) throw new Error(`${topic}/${partition} was taken over before ${offset} was committed.`);
    const committed = { partition, offset, metadata };
    await payload.commitOffsetsIfNecessary({ topics: [{ topic, partitions: [committed] }] });
  };
  return {
    commitMetadata: ({ offset }, metadata) => commit(offset, metadata),
    committedMetadata: (ofGroup = groupId) => committedMetadata(connection, ofGroup, { topic, partition }),
    heartbeat: () => payload.heartbeat(),
    async done({ offset }) {
      // After the last record of a fetch there may be markers of transactions, which are no records.
      const last = offset === lastRecord ? lastOffset : offset;
      await commit(String(BigInt(last) + 1n));
      if (isOurs()) payload.resolveOffset(offset);
    },
  };
}
