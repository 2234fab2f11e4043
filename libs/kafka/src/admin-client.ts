import type { BrokerAddress } from './broker-address.ts';

/** A setting of a topic by Kafka's name. */
export interface TopicSetting {
  readonly name: string;
  readonly value: string;
}

/** What a setting of a topic is, as Kafka shows it. */
export interface ShownSetting {
  readonly value: string;
  /** Whether the topic itself has it: otherwise it is the cluster's, or Kafka's default. */
  readonly isOwn: boolean;
}

/** A topic that is created. */
export interface NewTopic {
  readonly name: string;
  readonly partitions: number;
  /** Copies of each partition. */
  readonly replicas: number;
  readonly settings: readonly TopicSetting[];
}

/** Where a partition is. */
export interface PartitionPlace {
  /** The node id of the broker that leads it; -1 without one. */
  readonly leader: number;
  /** How many copies it has. */
  readonly replicas: number;
}

/** What a partition holds: from its oldest record up to, not including, the offset that the next record gets. */
export interface OffsetRange {
  readonly low: bigint;
  readonly high: bigint;
}

/** What a group committed for a partition. */
export interface Committed {
  /** The offset of the first record that the group has not finished. */
  readonly offset: bigint;
  /** The commit metadata; empty where nothing was committed with it. */
  readonly metadata: string;
}

/** What is kept by the number of a partition. */
export type ByPartition<T> = ReadonlyMap<number, T>;

/**
 * What this package needs of a client library to administer Kafka. Each request connects where nothing is connected.
 * The message of an error says why: `withAdmin` begins again where that may help.
 */
export interface AdminClient {
  /** @throws when no broker answers, or this user may not log in */
  connect(): Promise<void>;
  /** The names of all topics that this user may describe. */
  topics(): Promise<string[]>;
  /** Where clients are told to find each broker of the cluster. */
  brokers(): Promise<BrokerAddress[]>;
  createTopics(topics: readonly NewTopic[]): Promise<void>;
  /** Gives topics more partitions. @param counts how many they have then, by topic */
  addPartitions(counts: ReadonlyMap<string, number>): Promise<void>;
  deleteTopics(names: readonly string[]): Promise<void>;
  /** @throws when one of the topics does not exist, or has a partition without a leader */
  partitions(topics: readonly string[]): Promise<ReadonlyMap<string, ByPartition<PartitionPlace>>>;
  /** Some settings of topics, by topic and by Kafka's name. A topic that Kafka does not describe is left out. */
  settings(
    topics: readonly string[],
    names: readonly string[],
  ): Promise<ReadonlyMap<string, ReadonlyMap<string, ShownSetting>>>;
  /** Gives topics settings of their own. Their other settings stay. */
  alterSettings(wanted: ReadonlyMap<string, readonly TopicSetting[]>): Promise<void>;
  /** What each partition holds, by topic. @throws when a topic does not exist, or has a partition without a leader */
  offsets(topics: readonly string[]): Promise<ReadonlyMap<string, ByPartition<OffsetRange>>>;
  /**
   * The offset of each partition's first record that was written at a moment or later; the end of a partition that has
   * none.
   * @param atMs epoch ms, by the clock of the producers
   */
  offsetsAtTime(topic: string, atMs: number): Promise<ByPartition<bigint>>;
  /**
   * What a group has committed of some topics. A partition for which it never committed is left out.
   * @throws when one of the topics does not exist
   */
  committed(groupId: string, topics: readonly string[]): Promise<ReadonlyMap<string, ByPartition<Committed>>>;
  /** The ids of the members of a group; none of a group that does not exist. */
  members(groupId: string): Promise<string[]>;
  /** Deletes groups that have no members. Those that do not exist are passed over. */
  deleteGroups(groupIds: readonly string[]): Promise<void>;
  /** Never rejects. */
  close(): Promise<void>;
}

/** The codes of Kafka's answers after which the same work may succeed a moment later. */
export const transientCodes: ReadonlySet<number> = new Set([
  // UNKNOWN_TOPIC_OR_PARTITION: brokers learn of a new topic, and of a deleted one, some time after the controller answered.
  3,
  // LEADER_NOT_AVAILABLE, NOT_LEADER_OR_FOLLOWER
  ...[5, 6],
  // COORDINATOR_LOAD_IN_PROGRESS, COORDINATOR_NOT_AVAILABLE, NOT_COORDINATOR: it moves, or its broker has just started.
  ...[14, 15, 16],
  // TOPIC_ALREADY_EXISTS: another process created it since the topics were listed.
  36,
  // NOT_CONTROLLER
  41,
  // FENCED_LEADER_EPOCH, UNKNOWN_LEADER_EPOCH: another broker leads since the metadata was asked for.
  ...[74, 75],
]);

/** GROUP_ID_NOT_FOUND */
export const groupNotFound = 69;
