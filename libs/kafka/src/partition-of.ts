import kafkajs from 'kafkajs';

const { Partitioners } = kafkajs;
const murmur = Partitioners.DefaultPartitioner();

/** The partition of a key, as every Kafka client computes it (murmur2). */
export function partitionOf(topic: string, key: Buffer, partitions: number): number {
  const partitionMetadata = metadataOf(partitions);
  return murmur({ topic, partitionMetadata, message: { key, value: null } });
}

type PartitionMetadata = Parameters<typeof murmur>[0]['partitionMetadata'];

const known = new Map<number, PartitionMetadata>();

function metadataOf(partitions: number): PartitionMetadata {
  let metadata = known.get(partitions);
  if (!metadata) {
    metadata = Array.from({ length: partitions }, (_, partitionId) => ({
      partitionId,
      partitionErrorCode: 0,
      leader: 0,
      replicas: [],
      isr: [],
      offlineReplicas: [],
    }));
    known.set(partitions, metadata);
  }
  return metadata;
}
