import kafkajs from 'kafkajs';
import { withAdmin } from './admin.ts';
import { kafkaClients } from './client.ts';
import { connectKafka } from './kafkajs/connect-kafka.ts';
import { readRange, workThroughRanges } from './read-range.ts';
import { scratchKafka } from '../testing/scratch-kafka.ts';
import { createBrokerProxy } from '../testing/broker-proxy.ts';
import { waitUntil } from '../testing/wait-until.ts';
import {
  applyTopics,
  deleteTopics,
  endOffsets,
  findTopics,
  offsetRanges,
  offsetsAtTime,
  planTopics,
  type WantedTopic,
} from './topics-admin.ts';

jest.setTimeout(20_000);

const kafka = scratchKafka();
const { connection } = kafka;
const client = connectKafka(connection);
const producer = client.producer({ allowAutoTopicCreation: false });
const admin = client.admin();

beforeAll(() => Promise.all([producer.connect(), admin.connect()]));
afterAll(async () => {
  await Promise.all([producer.disconnect(), admin.disconnect()]);
  await kafka.remove();
});

const wanted = (name: string, change: Partial<WantedTopic> = {}): WantedTopic => ({
  name,
  partitions: 3,
  replicas: 1,
  retentionMs: 60_000,
  maxMessageBytes: 50_000,
  ...change,
});

async function settingsOf(topic: string): Promise<Record<string, string>> {
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: topic }],
  });
  return Object.fromEntries(
    resources.flatMap(({ configEntries }) =>
      configEntries.map(({ configName, configValue }) => [configName, configValue]),
    ),
  );
}

/** A broker shows what was altered when it heard of it, soon after the answer. */
const untilSettings = (topic: string, expected: Record<string, string>): Promise<void> =>
  waitUntil(`${topic} has ${JSON.stringify(expected)}`, async () => {
    const found = await settingsOf(topic);
    return Object.entries(expected).every(([name, value]) => found[name] === value);
  });

/** One record into each of the partitions, as often as it is named. */
async function fill(topic: string, partitions: number[]): Promise<void> {
  for (const partition of partitions)
    await producer.send({ topic, acks: -1, messages: [{ partition, value: `${partition}` }] });
}

describe.each(kafkaClients)('with %s', (client) => {
  const connection = { ...kafka.connection, client };

  describe('applyTopics', () => {
    test('creates what is missing, alters what is there, and may run again', async () => {
      const [first, second] = [kafka.name(), kafka.name()];
      expect(await applyTopics(connection, [wanted(first)])).toEqual([first]);
      expect(await settingsOf(first)).toMatchObject({
        'cleanup.policy': 'delete',
        'retention.ms': '60000',
        'segment.ms': '3600000',
        'max.message.bytes': '50000',
        'min.insync.replicas': '1',
      });
      const both = [wanted(first, { retentionMs: 70_000, maxMessageBytes: 80_000 }), wanted(second)];
      expect(await applyTopics(connection, both)).toEqual([second]);
      expect(await settingsOf(first)).toMatchObject({
        'retention.ms': '70000',
        'max.message.bytes': '80000',
      });
      expect(await applyTopics(connection, both)).toEqual([]);
    });

    test('keeps the settings that an operator made, and resets no other', async () => {
      const name = kafka.name();
      await applyTopics(connection, [wanted(name)]);
      const operators = {
        'compression.type': 'gzip',
        'unclean.leader.election.enable': 'true',
        'retention.bytes': '123456789',
      };
      const before = await settingsOf(name);
      await admin.alterConfigs({
        validateOnly: false,
        resources: [
          {
            type: kafkajs.ConfigResourceTypes.TOPIC,
            name,
            // Retention by the operator too: it is ours to set.
            configEntries: Object.entries({ ...operators, 'retention.ms': '1000' }).map(([key, value]) => ({
              name: key,
              value,
            })),
          },
        ],
      });
      await untilSettings(name, { ...operators, 'retention.ms': '1000' });
      await applyTopics(connection, [wanted(name)]);
      expect(await settingsOf(name)).toEqual({ ...before, ...operators });
    });

    test('sends nothing where nothing changes', async () => {
      const name = kafka.name();
      await applyTopics(connection, [wanted(name)]);
      const proxy = await createBrokerProxy(connection.brokers[0] ?? '');
      const through = { ...connection, brokers: [proxy.address] };
      const incrementalAlterConfigs = 44;
      try {
        proxy.breakAt(incrementalAlterConfigs, Number.POSITIVE_INFINITY);
        expect(await applyTopics(through, [wanted(name)])).toEqual([]);
        await expect(
          applyTopics({ ...through, patience: { adminRetries: 0 } }, [wanted(name, { retentionMs: 1 })]),
        ).rejects.toThrow(/^Connection/);
      } finally {
        await proxy.close();
      }
    });

    test('keeps what is larger than wanted, and a retention that nobody named', async () => {
      const name = kafka.name();
      await applyTopics(connection, [wanted(name, { maxMessageBytes: 80_000, retentionMs: 90_000 })]);
      await applyTopics(connection, [wanted(name, { keepsRetention: true })]);
      expect(await settingsOf(name)).toMatchObject({ 'max.message.bytes': '80000', 'retention.ms': '90000' });
    });

    test('a setting that somebody makes while it runs is not reset', async () => {
      const name = kafka.name();
      await applyTopics(connection, [wanted(name)]);
      const set = (key: string, value: string) =>
        withAdmin(connection, (one) => one.alterSettings(new Map([[name, [{ name: key, value }]]])));
      await Promise.all([set('retention.bytes', '123456789'), set('compression.type', 'gzip')]);
      await untilSettings(name, { 'retention.bytes': '123456789', 'compression.type': 'gzip' });
    });

    test('adds partitions where it is told to', async () => {
      const name = kafka.name();
      await applyTopics(connection, [wanted(name)]);
      await applyTopics(connection, [wanted(name, { minPartitions: 5 })]);
      expect((await findTopics(connection, [name])).get(name)?.partitions).toBe(5);
    });

    test('a plan says what would change, and changes nothing', async () => {
      const [missing, there] = [kafka.name(), kafka.name()];
      await applyTopics(connection, [wanted(there)]);
      const before = await settingsOf(there);
      const topics = [wanted(missing), wanted(there, { retentionMs: 70_000, minPartitions: 4 })];
      const { planned, now } = await planTopics(connection, topics);
      expect(planned).toMatchObject([
        { outcome: 'create', topic: { name: missing, partitions: 3, replicas: 1 } },
        {
          ...{ outcome: 'change', name: there, partitions: { from: 3, to: 4 } },
          settings: [{ name: 'retention.ms', from: '60000', value: '70000', isOwn: true }],
        },
      ]);
      expect([now.brokers, now.unread, [...now.topics.keys()]]).toEqual([1, null, [there]]);
      expect(await settingsOf(there)).toEqual(before);
      expect((await findTopics(connection, [missing])).size).toBe(0);
    });

    test('what a cluster rejects is told, with the reason that Kafka gives', async () => {
      const name = kafka.name();
      await applyTopics(connection, [wanted(name)]);
      await expect(applyTopics(connection, [wanted(name, { retentionMs: -5 })])).rejects.toThrow(
        /^Kafka rejected IncrementalAlterConfigs: .+/,
      );
    });

    test('asks for no more copies in sync than a topic has', async () => {
      const name = kafka.name();
      await applyTopics(connection, [wanted(name)]);
      await applyTopics(connection, [wanted(name, { replicas: 3, retentionMs: 70_000 })]);
      expect(await settingsOf(name)).toMatchObject({ 'retention.ms': '70000', 'min.insync.replicas': '1' });
    });

    test('never takes partitions away', async () => {
      const name = kafka.name();
      await applyTopics(connection, [wanted(name)]);
      await applyTopics(connection, [wanted(name, { partitions: 1 })]);
      expect((await findTopics(connection, [name])).get(name)?.partitions).toBe(3);
    });

    test('two runs at once end alike', async () => {
      const topics = [wanted(kafka.name()), wanted(kafka.name())];
      await Promise.all([applyTopics(connection, topics), applyTopics(connection, topics)]);
      const found = await findTopics(
        connection,
        topics.map(({ name }) => name),
      );
      expect(found.size).toBe(2);
    });
  });

  test('topics that were just deleted, or that another process creates now, are created', async () => {
    const names = Array.from({ length: 8 }, () => kafka.name());
    const topics = names.map((name) => wanted(name));
    for (let time = 0; time < 10; time += 1) {
      await Promise.all([applyTopics(connection, topics), applyTopics(connection, topics)]);
      expect([...(await findTopics(connection, names)).keys()].sort()).toEqual([...names].sort());
      await deleteTopics(connection, names);
    }
  });

  test('findTopics tells partitions and sizes, and leaves out what does not exist', async () => {
    const name = kafka.name();
    await applyTopics(connection, [wanted(name)]);
    expect(await findTopics(connection, [name, kafka.name()])).toEqual(
      new Map([
        [
          name,
          {
            ...{ partitions: 3, replicas: 1, minInSyncReplicas: 1, maxMessageBytes: 50_000 },
            ...{ retentionMs: 60_000, uncleanElection: false },
          },
        ],
      ]),
    );
    expect(await findTopics(connection, [kafka.name()])).toEqual(new Map());
  });

  test('findTopics begins again when its connection breaks, and gives up at last', async () => {
    const name = await kafka.topic();
    const [broker = ''] = connection.brokers;
    const proxy = await createBrokerProxy(broker);
    const through = { ...connection, brokers: [proxy.address] };
    const describeConfigs = 32;
    try {
      proxy.breakAt(describeConfigs, 3);
      expect((await findTopics(through, [name])).size).toBe(1);
      proxy.breakAt(describeConfigs, Number.POSITIVE_INFINITY);
      await expect(findTopics(through, [name])).rejects.toThrow(/^Connection (error|closed)/);
    } finally {
      await proxy.close();
    }
  });

  test('endOffsets asks again while the leader moves, and gives up at last', async () => {
    const name = await kafka.topic();
    const [broker = ''] = connection.brokers;
    const proxy = await createBrokerProxy(broker);
    const through = { ...connection, brokers: [proxy.address] };
    try {
      proxy.denyLeading(2);
      expect([...(await endOffsets(through, name)).values()][0]).toBe(0n);
      proxy.denyLeading(Number.POSITIVE_INFINITY);
      await expect(endOffsets(through, name)).rejects.toThrow(/not the (current )?leader/);
    } finally {
      await proxy.close();
    }
  });

  test('deleteTopics passes over what does not exist', async () => {
    const name = await kafka.topic();
    await deleteTopics(connection, [name, kafka.name()]);
    expect((await findTopics(connection, [name])).size).toBe(0);
  });

  test('endOffsets is the offset that the next record of each partition gets', async () => {
    const topic = await kafka.topic({ partitions: 3 });
    await fill(topic, [0, 2, 2]);
    expect(await endOffsets(connection, topic)).toEqual(
      new Map([
        [0, 1n],
        [1, 0n],
        [2, 2n],
      ]),
    );
  });

  test('offsetRanges is what each partition still holds; offsetsAtTime is where a moment begins', async () => {
    const topic = await kafka.topic({ partitions: 2 });
    await fill(topic, [0, 0, 0]);
    await kafka.forget(topic, [{ partition: 0, offset: '2' }]);
    expect(await offsetRanges(connection, topic)).toEqual(
      new Map([
        [0, { low: 2n, high: 3n }],
        [1, { low: 0n, high: 0n }],
      ]),
    );
    const offsets = (first: bigint, second: bigint) =>
      new Map([
        [0, first],
        [1, second],
      ]);
    expect(await offsetsAtTime(connection, topic, 0)).toEqual(offsets(2n, 0n));
    expect(await offsetsAtTime(connection, topic, Date.now() + 60_000)).toEqual(offsets(3n, 0n));
  });
});

describe('workThroughRanges', () => {
  const ranges = async (topic: string) => [
    { topic, from: new Map(), to: await endOffsets(connection, topic) },
  ];

  test('waits for the work, and never works on one partition twice at once', async () => {
    const topic = await kafka.topic({ partitions: 2 });
    await fill(topic, [0, 0, 1, 1]);
    const [seen, inFlight] = [new Set<string>(), new Set<number>()];
    await workThroughRanges(connection, await ranges(topic), {
      async onRecords(records) {
        const { partition } = records[0]!;
        expect(inFlight.has(partition)).toBe(false);
        inFlight.add(partition);
        await admin.listTopics();
        for (const { offset } of records) seen.add(`${partition}/${offset}`);
        inFlight.delete(partition);
      },
    });
    expect([...seen].sort()).toEqual(['0/0', '0/1', '1/0', '1/1']);
  });

  test('what the work throws ends it', async () => {
    const topic = await kafka.topic();
    await fill(topic, [0]);
    const failing = workThroughRanges(connection, await ranges(topic), {
      onRecords: () => Promise.reject(new Error('no room')),
    });
    await expect(failing).rejects.toThrow('no room');
  });

  test('a signal ends it without an error, when what is worked on has ended', async () => {
    const topic = await kafka.topic();
    await fill(topic, [0]);
    const controller = new AbortController();
    let ended = false;
    await workThroughRanges(connection, [{ topic, from: new Map(), to: new Map([[0, 9n]]) }], {
      signal: controller.signal,
      async onRecords() {
        controller.abort();
        await admin.listTopics();
        ended = true;
      },
    });
    expect(ended).toBe(true);
  });
});

describe('workThroughRanges when retention acts', () => {
  const readAll = async (topic: string, from: [number, bigint][], during?: (at: number) => Promise<void>) => {
    const [found, gone]: [string[], string[]] = [[], []];
    const to = await endOffsets(connection, topic);
    await workThroughRanges(connection, [{ topic, from: new Map(from), to }], {
      partitionsAtOnce: 1,
      stallMs: 20_000,
      async onRecords(records) {
        for (const { partition, offset } of records) found.push(`${partition}/${offset}`);
        await during?.(found.length);
      },
      onGone: ({ partition, from: first, to: end }) => gone.push(`${partition}/${first}-${end}`),
    });
    return { found: found.sort(), gone: gone.sort() };
  };

  test('what has left before it begins is told, and the rest is read', async () => {
    const topic = await kafka.topic({ partitions: 2 });
    await fill(topic, [0, 0, 0, 0, 1, 1]);
    await kafka.forget(topic, [
      { partition: 0, offset: '3' },
      { partition: 1, offset: '2' },
    ]);
    const zero: [number, bigint][] = [
      [0, 1n],
      [1, 0n],
    ];
    expect(await readAll(topic, zero)).toEqual({ found: ['0/3'], gone: ['0/1-3', '1/0-2'] });
    // From its oldest record on nothing is missing, and what holds nothing is not waited for.
    expect(await readAll(topic, [])).toEqual({ found: ['0/3'], gone: [] });
  });

  test('what leaves while it is read is told: the rest of a partition, and one that is not begun', async () => {
    const topic = await kafka.topic({ partitions: 2, maxMessageBytes: 8 * 1024 * 1024 });
    // One fetch does not bring both records of a partition.
    const value = Buffer.alloc(3 * 1024 * 1024);
    for (const partition of [0, 0, 1, 1])
      await producer.send({ topic, messages: [{ key: null, value, partition }] });
    const { found, gone } = await readAll(topic, [], async (count) => {
      if (count > 1) return;
      await kafka.forget(topic, [
        { partition: 0, offset: '2' },
        { partition: 1, offset: '2' },
      ]);
    });
    const [first = ''] = found;
    expect(found.length + gone.reduce((sum, one) => sum + lengthOf(one), 0)).toBe(4);
    expect(first).toMatch(/^[01]\/0$/);
    expect(gone.length).toBeGreaterThan(0);
  });

  test('it is an error where nobody is told', async () => {
    const topic = await kafka.topic();
    await fill(topic, [0, 0, 0]);
    await kafka.forget(topic, [{ partition: 0, offset: '2' }]);
    const range = { topic, from: new Map([[0, 0n]]), to: new Map([[0, 3n]]) };
    await expect(readRange(connection, range, () => undefined)).rejects.toThrow(
      `2 records of ${topic}/0 from offset 0 on were deleted from Kafka, by retention or by somebody, before they were read`,
    );
  });
});

/** Of `0/3-5`. */
function lengthOf(gone: string): number {
  const [, from, to] = /\/(\d+)-(\d+)$/.exec(gone) ?? [];
  return Number(to) - Number(from);
}

describe('readRange', () => {
  const read = async (topic: string, from: [number, bigint][], to: [number, bigint][], stallMs?: number) => {
    const found = new Set<string>();
    const range = { topic, from: new Map(from), to: new Map(to) };
    await readRange(
      connection,
      range,
      ({ partition, offset }) => found.add(`${partition}/${offset}`),
      stallMs,
    );
    return [...found].sort();
  };
  let topic = '';
  beforeAll(async () => {
    topic = await kafka.topic({ partitions: 2 });
    await fill(topic, [0, 0, 0, 0, 1, 1]);
  });

  test.each<[string, [number, bigint][], [number, bigint][], string[]]>([
    ['from the beginning', [], [[0, 2n], [1, 2n]], ['0/0', '0/1', '1/0', '1/1']], // prettier-ignore
    ['from an offset', [[0, 2n], [1, 1n]], [[0, 4n], [1, 2n]], ['0/2', '0/3', '1/1']], // prettier-ignore
    ['one partition alone', [], [[0, 3n], [1, 0n]], ['0/0', '0/1', '0/2']], // prettier-ignore
    ['nothing', [[0, 4n]], [[0, 4n]], []],
  ])('%s', async (_name, from, to, expected) => {
    expect(await read(topic, from, to)).toEqual(expected);
  });

  test('a range that does not arrive is an error that names the partitions', async () => {
    await expect(
      read(
        topic,
        [],
        [
          [0, 4n],
          [1, 9n],
        ],
        500,
      ),
    ).rejects.toThrow(
      // prettier-ignore
      `Kafka sent nothing for 500 ms before the end of ${topic}/1.`,
    );
  });
});
