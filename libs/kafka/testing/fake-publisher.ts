import type { OutgoingRecord, Publisher, PublishOutcome } from '../src/publisher.ts';

/**
 * A publisher without a broker, for tests of those who publish: it keeps what it took, in one partition for
 * each topic. It passes the same contract as the real one.
 */
export interface FakePublisher extends Publisher {
  /** What was taken, oldest first. */
  readonly records: readonly OutgoingRecord[];
  /** From now on records end like this, or as the function says of each; `undefined`: they are published again. */
  answerWith(outcome: Refusal | undefined | ((record: OutgoingRecord) => Refusal | undefined)): void;
  /** From now on records wait, in flight, until `release()`. */
  hold(): void;
  release(): void;
}

type Refusal = Exclude<PublishOutcome['outcome'], 'published'>;

export function createFakePublisher(topics?: readonly string[]): FakePublisher {
  const records: OutgoingRecord[] = [];
  const offsets = new Map<string, number>();
  const waiting = { records: 0, bytes: 0 };
  let refusalOf: (record: OutgoingRecord) => Refusal | undefined = () => undefined;
  let refusesAll = false;
  let gate: PromiseWithResolvers<undefined> | undefined;
  let closed = false;
  const takes = (topic: string): boolean => !closed && (topics?.includes(topic) ?? true);

  const publish = async (record: OutgoingRecord): Promise<PublishOutcome> => {
    if (!takes(record.topic)) return { outcome: 'unavailable' };
    waiting.records += 1;
    waiting.bytes += record.value.length;
    await gate?.promise;
    waiting.records -= 1;
    waiting.bytes -= record.value.length;
    const refusal = refusalOf(record);
    if (refusal !== undefined) return { outcome: refusal };
    const offset = offsets.get(record.topic) ?? 0;
    offsets.set(record.topic, offset + 1);
    records.push(record);
    return { outcome: 'published', partition: 0, offset: String(offset) };
  };

  return {
    records,
    answerWith(outcome) {
      refusalOf = typeof outcome === 'function' ? outcome : () => outcome;
      refusesAll = typeof outcome === 'string';
    },
    hold: () => void (gate ??= Promise.withResolvers<undefined>()),
    release() {
      gate?.resolve(undefined);
      gate = undefined;
    },
    publish,
    send: (record, settle) => void publish(record).then(settle),
    ready: () => !closed,
    takes,
    probe: (topic) => Promise.resolve(!refusesAll && takes(topic)),
    inFlight: () => ({ ...waiting }),
    async close() {
      closed = true;
      await gate?.promise;
    },
  };
}
