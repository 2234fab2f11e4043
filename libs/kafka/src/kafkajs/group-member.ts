import kafkajs, { type EachBatchPayload } from 'kafkajs';
import type { KafkaConnection } from '../client.ts';
import { batchControl } from './batch-control.ts';
import type { BatchControl, PartitionBatch } from '../consumed.ts';
import type { PartitionPauses } from './partition-pauses.ts';
import { readBatch } from './read-batch.ts';

const { KafkaJSError } = kafkajs;

interface GroupMemberOptions {
  readonly connection: KafkaConnection;
  readonly groupId: string;
  readonly pauses: PartitionPauses;
  readonly onBatch: (batch: PartitionBatch, control: BatchControl) => Promise<void>;
}

/** Hands out the batches of one member of a group, and makes it join again when one of them fails. */
export class GroupMember {
  readonly #options: GroupMemberOptions;
  /** How often the group was joined. */
  #joins = 0;
  /**
   * What the first batch of this join threw: no other one continues, since kafkajs waits for them all before it joins
   * again. A batch of a former join holds up nothing: kafkajs drops its error.
   */
  #broken: JoinAgain | undefined;
  #isStopping = false;

  constructor(options: GroupMemberOptions) {
    this.#options = options;
  }

  /** The group was joined: batches of before are no longer this member's. */
  joined(): void {
    this.#joins += 1;
    this.#broken = undefined;
    this.#options.pauses.forget();
  }

  /** Hands out nothing more, and waits for what is aside, which can commit only as long as this is a member. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    await this.#options.pauses.ended();
  }

  /** Hands out what a fetch brought. @throws {JoinAgain} */
  async run(payload: EachBatchPayload): Promise<void> {
    const { connection, groupId, pauses, onBatch } = this.#options;
    const join = this.#joins;
    const isOurs = (): boolean => this.#joins === join;
    const running = (): boolean =>
      payload.isRunning() && !payload.isStale() && !this.#isStopping && isOurs() && !this.#broken;
    // When another batch failed first, kafkajs may have gone on without a join: it is asked for again until it comes.
    if (this.#broken && !this.#isStopping) throw this.#broken;
    // Else it would come again, and again, until what is aside has ended.
    if (this.#isStopping) await pauses.ended();
    if (!running()) return;
    // Its error is thrown by the next batch, which comes at once: the partition is fetched again.
    const aside = (work: () => Promise<void>): void => {
      pauses.during(payload.batch, () => work().catch((error: unknown) => this.#joinAgain(join, error)));
      forgetRecords(payload.batch);
    };
    try {
      const control = { ...batchControl(connection, groupId, payload, isOurs), running, aside };
      await onBatch(readBatch(payload), control);
    } catch (error) {
      throw this.#joinAgain(join, error);
    }
  }

  #joinAgain(join: number, error: unknown): JoinAgain {
    const again = new JoinAgain(error);
    if (this.#joins === join) this.#broken ??= again;
    return again;
  }
}

/**
 * The one error by which kafkajs joins its group again. It asks who coordinates the group only when it joins:
 * any other error of a commit or a heartbeat (the coordinator moved, its broker died, this member was taken for
 * dead) it would take for the batch's, and meet again for ever, or end by it.
 */
class JoinAgain extends KafkaJSError {
  readonly type = 'REBALANCE_IN_PROGRESS';
  constructor(cause: unknown) {
    super(`Joining the group again: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
}

/**
 * Empties the records of a batch. kafkajs has them as long as anybody may commit something of it, and each of them is
 * a part of the buffer of its fetch.
 */
function forgetRecords(batch: EachBatchPayload['batch']): void {
  // `lastOffset` reads them too.
  const lastOffset = batch.lastOffset();
  batch.lastOffset = () => lastOffset;
  // With those that it hands to nobody.
  const { rawMessages = batch.messages } = batch as { rawMessages?: typeof batch.messages };
  for (const message of rawMessages) Object.assign(message, { key: null, value: null, headers: {} });
}
