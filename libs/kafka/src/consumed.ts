/** A record as it was read. */
export interface ConsumedRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Record<string, Buffer>;
  readonly timestampMs: number;
  /**
   * Set on a placeholder for a batch that is too large to read: why it was skipped. The offset of a placeholder is the
   * last one of the batch; key and value are null, and it has no headers.
   */
  readonly unreadable?: string;
}

/** What one fetch brought for one partition, in order. */
export interface PartitionBatch {
  readonly topic: string;
  readonly partition: number;
  readonly records: readonly ConsumedRecord[];
  /** Records between this batch's end and the end of the log. */
  readonly lag: number;
}

export interface BatchControl {
  /** Keeps the membership of the group; rejects when the partition was taken away. */
  heartbeat(): Promise<void>;
  /** Commits everything up to and with this record. */
  done(record: ConsumedRecord): Promise<void>;
  /**
   * Commits this record's offset with metadata. It finishes no record. The next `done` removes the metadata.
   */
  commitMetadata(record: ConsumedRecord, metadata: string): Promise<void>;
  /**
   * The committed offset of this partition with its metadata; null if nothing is committed.
   * @param groupId Default: the consumer's own group
   */
  committedMetadata(groupId?: string): Promise<{ offset: string; metadata: string } | null>;
  /** True while this batch is still ours and nobody asked to stop. */
  running(): boolean;
  /**
   * Continues with this partition outside of the batch, which should return then: the partition gets no other batch
   * until `work` ends, and the neighbours continue. What is not `done` by then comes again. What `work` throws makes the
   * consumer join its group again. The client forgets the records: `work` has those in memory that it keeps itself.
   * `work` must end soon when `running` is false; a stop waits for it.
   */
  aside(work: () => Promise<void>): void;
}
