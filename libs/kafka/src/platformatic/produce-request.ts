import type { Reader } from '@platformatic/kafka';
import { AnswerReader } from './answer-reader.ts';

/** A batch as a broker stores it, and where it goes. */
export interface WrittenBatch {
  readonly topic: string;
  readonly partition: number;
  readonly bytes: Buffer;
}

/** What a broker answered for one partition. */
export interface ProducedPartition {
  readonly topic: string;
  readonly partition: number;
  /** 0: no error (https://kafka.apache.org/protocol.html#protocol_error_codes). */
  readonly errorCode: number;
  readonly baseOffset: bigint;
}

export const produceKey = 0;
/** The first one that takes zstd. Those of 9 and above write their lengths in another way, and say no more. */
export const produceVersion = 7;

/**
 * A produce request (https://kafka.apache.org/protocol.html#The_Messages_Produce) with acks=all, in pieces.
 * @param timeoutMs how long the broker may wait for its replicas
 */
export function produceRequestOf(batches: readonly WrittenBatch[], timeoutMs: number): Buffer[] {
  const byTopic = [...Map.groupBy(batches, ({ topic }) => topic)];
  const head = Buffer.alloc(12);
  // No transaction.
  head.writeInt16BE(-1, 0);
  head.writeInt16BE(-1, 2);
  head.writeInt32BE(timeoutMs, 4);
  head.writeInt32BE(byTopic.length, 8);
  return [
    head,
    ...byTopic.flatMap(([topic, ofTopic]) => [
      topicHeadOf(topic, ofTopic.length),
      ...ofTopic.flatMap(pieces),
    ]),
  ];
}

function topicHeadOf(topic: string, partitions: number): Buffer {
  const length = Buffer.byteLength(topic);
  const head = Buffer.alloc(2 + length + 4);
  head.writeInt16BE(length, 0);
  head.write(topic, 2);
  head.writeInt32BE(partitions, 2 + length);
  return head;
}

function pieces({ partition, bytes }: WrittenBatch): [Buffer, Buffer] {
  const head = Buffer.alloc(8);
  head.writeInt32BE(partition, 0);
  head.writeInt32BE(bytes.length, 4);
  return [head, bytes];
}

/** Reads the answer to a produce request. */
export function readProduced(
  _correlationId: number,
  _key: number,
  _version: number,
  reader: Reader,
): ProducedPartition[] {
  const answer = new AnswerReader(reader);
  return answer
    .array(() => {
      const topic = answer.text();
      return answer.array(() => {
        const [partition, errorCode, baseOffset] = [answer.int32(), answer.int16(), answer.int64()];
        // When it was appended, and where the log begins.
        answer.skip(16);
        return { topic, partition, errorCode, baseOffset };
      });
    })
    .flat();
}
