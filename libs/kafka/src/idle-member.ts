/** An offset of a partition, and its commit metadata. */
export interface OffsetToCommit {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly metadata: string;
}

/** A member of a group that reads nothing. It stays in the group by its heartbeats. */
export interface IdleMember {
  /** As the coordinator knows it, after the last join. */
  memberId(): string;
  /** @throws when the coordinator refuses it */
  commit(offsets: readonly OffsetToCommit[]): Promise<void>;
  leave(): Promise<void>;
}

export interface IdleMemberOptions {
  readonly groupId: string;
  /** Any that exists. */
  readonly topic: string;
  readonly sessionTimeoutMs: number;
}
