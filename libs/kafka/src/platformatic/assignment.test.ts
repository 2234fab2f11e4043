import { createRecordsBatch, type MessageRecord } from '@platformatic/kafka';
import { waitUntil } from '../../testing/wait-until.ts';
import { Assignment, type AssignmentOptions } from './assignment.ts';
import { PartitionWork } from './partition-work.ts';

const place = { topic: 't', partition: 0 };

/** One record at an offset, as a broker stores it. */
function storedAt(offset: number, value = 'v'): Buffer {
  const message = { ...place, key: null, value: Buffer.from(value), timestamp: 1n };
  const bytes = Buffer.from(createRecordsBatch([message] as unknown as MessageRecord[]).buffer);
  bytes.writeBigInt64BE(BigInt(offset), 0);
  return bytes;
}

const answerOf = (highWatermark: number, bytes: Buffer) => [
  { ...place, errorCode: 0, highWatermark, aborted: [], bytes },
];
const nothing = () => new Promise<never>(() => undefined);

/** An assignment of one partition from offset 0 on. */
function assignmentOf(
  onBatch: AssignmentOptions['consumer']['onBatch'],
  fetches: Partial<AssignmentOptions['fetches']> & Pick<AssignmentOptions['fetches'], 'fetch'>,
  {
    leader = () => 1,
    topicId = () => 'first',
  }: { leader?: () => number; topicId?: () => string | undefined } = {},
): Assignment {
  return new Assignment({
    connection: { brokers: [], clientId: 'test' },
    consumer: {
      ...{ groupId: 'g', topics: ['t'], partitionsAtOnce: 4, maxBytesPerPartition: 1, maxWaitMs: 1 },
      ...{ sessionTimeoutMs: 1, onFatalError: () => undefined, onBatch },
    },
    membership: {
      commit: () => Promise.resolve(),
      committed: () => Promise.resolve(new Map([['t/0', 0]])),
      join: () => undefined,
      topics: () => {
        const leaders = [{ nodeId: leader(), broker: { host: `broker-${leader()}`, port: 1 } }];
        const id = topicId();
        return Promise.resolve(new Map([['t', { id, leaders: id === undefined ? [] : leaders }]]));
      },
      oldestOffset: () => Promise.resolve(0),
    },
    fetches: { breakOff: () => undefined, ...fetches },
    ...{ work: new PartitionWork(4), lags: { passedOver: () => undefined }, onAnswer: () => undefined },
    ...{ partitions: { t: [0] }, generation: { memberId: 'm', id: 1 }, isFirst: true },
  });
}

test('a partition that moves to another broker is handed out again only when what is worked on has ended', async () => {
  const { promise: released, resolve: release } = Promise.withResolvers<undefined>();
  const fetched: string[] = [];
  const handedOut: string[] = [];
  let [leader, atOnce, most] = [1, 0, 0];
  const assignment = assignmentOf(
    async ({ records }, control) => {
      atOnce += 1;
      most = Math.max(most, atOnce);
      handedOut.push(...records.map(({ offset }) => offset));
      if (handedOut.length === 1) await released;
      await control.done(records.at(-1)!);
      atOnce -= 1;
    },
    {
      fetch: ({ host }, positions) => {
        const { offset } = positions[0]!;
        fetched.push(`${host} ${offset}`);
        // The first broker has nothing that follows; nobody has more than three records.
        if (offset > 2 || (host === 'broker-1' && offset > 0)) return nothing();
        return Promise.resolve(answerOf(3, storedAt(offset)));
      },
    },
    { leader: () => leader },
  );
  await assignment.begin();
  await waitUntil('a batch is worked on', () => handedOut.length === 1);
  leader = 2;
  await assignment.look();
  await waitUntil('the other broker is asked', () => fetched.includes('broker-2 1'));
  // What it answered has been taken, or left, by then.
  await new Promise(setImmediate);
  release(undefined);
  await waitUntil('everything was handed out', () => handedOut.includes('2'));
  expect([handedOut, most]).toEqual([['0', '1', '2'], 1]);
  assignment.end();
});

test('what follows a portion that was left unfinished is fetched again, and the fetch behind it is broken off', async () => {
  const large = 'x'.repeat(17 * 1024 * 1024);
  const handedOut: string[] = [];
  const events: string[] = [];
  let breakOff: () => void = () => undefined;
  const assignment = assignmentOf(
    async ({ records }, control) => {
      handedOut.push(records.map(({ offset }) => offset).join());
      if (handedOut.length > 1) await control.done(records.at(-1)!);
    },
    {
      fetch: (_broker, positions) => {
        const { offset } = positions[0]!;
        events.push(`fetch ${offset}`);
        if (offset === 0)
          return Promise.resolve(answerOf(2, Buffer.concat([storedAt(0, large), storedAt(1, large)])));
        return new Promise((resolve) => (breakOff = () => resolve([])));
      },
      breakOff: () => {
        events.push('broken off');
        breakOff();
      },
    },
  );
  await assignment.begin();
  await waitUntil('everything was handed out', () => handedOut.length === 3);
  await waitUntil('what follows is asked for', () => events.length === 5);
  expect(handedOut).toEqual(['0', '0', '1']);
  expect(events).toEqual(['fetch 0', 'fetch 2', 'broken off', 'fetch 0', 'fetch 2']);
  assignment.end();
});

describe('when a topic is deleted and made again', () => {
  /** Two records are in the old topic, and more in the new one than were read of the old one. */
  function remadeTopic(onOldBatch: () => Promise<void>) {
    let topicId: string | undefined = 'old';
    let answerLater: () => void = () => undefined;
    const [handedOut, refused]: [string[], string[]] = [[], []];
    const assignment = assignmentOf(
      async ({ records: [record] }, control) => {
        handedOut.push(String(record?.value));
        if (handedOut.length === 2) await onOldBatch();
        await control.done(record!).catch((error: unknown) => {
          refused.push((error as Error).message);
          throw error;
        });
      },
      {
        fetch: (_broker, positions) => {
          const { offset } = positions[0]!;
          const isThere = offset < (topicId === 'old' ? 2 : 3);
          if (isThere) return Promise.resolve(answerOf(3, storedAt(offset, `${topicId} ${offset}`)));
          return new Promise((resolve) => (answerLater = () => resolve([])));
        },
        breakOff: () => answerLater(),
      },
      { topicId: () => topicId },
    );
    /** It is noticed at the next look. */
    const remake = async (): Promise<void> => {
      topicId = undefined;
      await assignment.look();
      topicId = 'new';
      await assignment.look();
    };
    return { assignment, handedOut, refused, remake };
  }

  test('it is read from its start', async () => {
    const { assignment, handedOut, remake } = remadeTopic(() => Promise.resolve());
    await assignment.begin();
    await waitUntil('the old one is read', () => handedOut.length === 2);
    await remake();
    await waitUntil('the new one is read', () => handedOut.length === 5);
    expect(handedOut).toEqual(['old 0', 'old 1', 'new 0', 'new 1', 'new 2']);
    assignment.end();
  });

  test('what was worked on meanwhile is not committed', async () => {
    const { promise: released, resolve: release } = Promise.withResolvers<undefined>();
    const { assignment, handedOut, refused, remake } = remadeTopic(() => released.then(() => undefined));
    await assignment.begin();
    await waitUntil('a batch is worked on', () => handedOut.length === 2);
    await remake();
    release(undefined);
    await waitUntil('the commit is refused', () => refused.length === 1);
    expect(refused).toEqual(['t was deleted and made again meanwhile.']);
    assignment.end();
  });
});
