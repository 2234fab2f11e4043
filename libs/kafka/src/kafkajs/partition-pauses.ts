import type { Consumer } from 'kafkajs';

interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** Partitions that get no batch while work on them continues outside of kafkajs' round of fetches. */
export interface PartitionPauses {
  /** @param work must not reject */
  during(place: TopicPartition, work: () => Promise<unknown>): void;
  /** The group was joined: kafkajs keeps pauses over that, and a partition that comes back would wait for ever. */
  forget(): void;
  /** Resolves when all work has ended. */
  ended(): Promise<void>;
}

export function createPartitionPauses(
  consumer: Pick<Consumer, 'pause' | 'paused' | 'resume'>,
): PartitionPauses {
  const works = new Set<Promise<unknown>>();
  let paused = new Set<TopicPartition>();
  const resume = ({ topic, partition }: TopicPartition): void =>
    consumer.resume([{ topic, partitions: [partition] }]);
  // `paused` of kafkajs is empty, and `resume` throws, while a consumer that crashed has not started again.
  const isPaused = ({ topic, partition }: TopicPartition): boolean =>
    consumer.paused().some((one) => one.topic === topic && one.partitions.includes(partition));
  return {
    during({ topic, partition }, work) {
      const place = { topic, partition };
      consumer.pause([{ topic, partitions: [partition] }]);
      paused.add(place);
      const ended = work().finally(() => {
        works.delete(ended);
        if (paused.delete(place) && isPaused(place)) resume(place);
      });
      works.add(ended);
    },
    forget() {
      paused.forEach(resume);
      paused = new Set();
    },
    async ended() {
      while (works.size > 0) await Promise.all(works);
    },
  };
}
