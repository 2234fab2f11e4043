import { createRecordsBatch, type MessageRecord } from '@platformatic/kafka';
import { waitUntil } from '../../testing/wait-until.ts';
import { Assignment, type AssignmentOptions } from './assignment.ts';
import { PartitionWork } from './partition-work.ts';

const place = { topic: 't', partition: 0 };

/** One record at an offset, as a broker stores it. */
function storedAt(offset: number): Buffer {
  const message = { ...place, key: null, value: Buffer.from('v'), timestamp: 1n };
  const bytes = Buffer.from(createRecordsBatch([message] as unknown as MessageRecord[]).buffer);
  bytes.writeBigInt64BE(BigInt(offset), 0);
  return bytes;
}

test('a partition that moves to another broker is handed out again only when what is worked on has ended', async () => {
  const { promise: released, resolve: release } = Promise.withResolvers<undefined>();
  const fetched: string[] = [];
  const handedOut: string[] = [];
  let [leader, atOnce, most] = [1, 0, 0];
  const options: AssignmentOptions = {
    connection: { brokers: [], clientId: 'test' },
    consumer: {
      ...{ groupId: 'g', topics: ['t'], partitionsAtOnce: 4, maxBytesPerPartition: 1, maxWaitMs: 1 },
      ...{ sessionTimeoutMs: 1, onFatalError: () => undefined },
      async onBatch({ records }, control) {
        atOnce += 1;
        most = Math.max(most, atOnce);
        handedOut.push(...records.map(({ offset }) => offset));
        if (handedOut.length === 1) await released;
        await control.done(records.at(-1)!);
        atOnce -= 1;
      },
    },
    membership: {
      commit: () => Promise.resolve(),
      committed: () => Promise.resolve(new Map([['t/0', 0]])),
      join: () => undefined,
      leaders: () =>
        Promise.resolve(
          new Map([['t', [{ nodeId: leader, broker: { host: `broker-${leader}`, port: 1 } }]]]),
        ),
      oldestOffset: () => Promise.resolve(0),
    },
    fetches: {
      breakOff: () => undefined,
      fetch: ({ host }, positions) => {
        const { offset } = positions[0]!;
        fetched.push(`${host} ${offset}`);
        // The first broker has nothing that follows; nobody has more than three records.
        if (offset > 2 || (host === 'broker-1' && offset > 0)) return new Promise(() => undefined);
        const answer = { ...place, errorCode: 0, highWatermark: 3, aborted: [], bytes: storedAt(offset) };
        return Promise.resolve([answer]);
      },
    },
    ...{ work: new PartitionWork(4), lags: { passedOver: () => undefined }, onAnswer: () => undefined },
    ...{ partitions: { t: [0] }, generation: { memberId: 'm', id: 1 }, isFirst: true },
  };
  const assignment = new Assignment(options);
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
