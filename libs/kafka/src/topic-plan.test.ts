import {
  minInSyncReplicasOf,
  plannedSettings,
  planOf,
  segmentMsOf,
  type SeenTopic,
  type WantedTopic,
} from './topic-plan.ts';

const day = 86_400_000;
const wanted: WantedTopic = {
  ...{ name: 't', partitions: 6, replicas: 3, retentionMs: 7 * day, maxMessageBytes: 2_000_000 },
};
const applied: Readonly<Record<string, string>> = {
  'cleanup.policy': 'delete',
  'retention.ms': String(7 * day),
  'segment.ms': String(7 * 3_600_000),
  'max.message.bytes': '2000000',
  'min.insync.replicas': '2',
};

/** A topic with the wanted settings as its own, but for these; `null`: Kafka's default instead. */
function seen(changed: Record<string, string | null> = {}, other: Partial<SeenTopic> = {}): SeenTopic {
  const settings = new Map(
    Object.entries<string | null>({ ...applied, 'compression.type': 'gzip', ...changed }).map(
      ([name, value]) => [name, { value: value ?? String(applied[name]), isOwn: value !== null }],
    ),
  );
  return { partitions: 6, replicas: 3, settings, ...other };
}

test('a topic that is missing is created with all settings', () => {
  expect(planOf(wanted, undefined)).toEqual({
    outcome: 'create',
    topic: {
      ...{ name: 't', partitions: 6, replicas: 3 },
      settings: plannedSettings.map((name) => ({ name, value: applied[name] })),
    },
    retentionMs: 7 * day,
  });
});

test('a topic that has all is unchanged, with whatever else it has', () => {
  expect(planOf(wanted, seen())).toEqual({ outcome: 'unchanged', name: 't' });
  expect(planOf({ ...wanted, partitions: 12 }, seen())).toEqual({ outcome: 'unchanged', name: 't' });
});

const change = (name: string, from: string, isOwn = true) => ({ name, value: applied[name], from, isOwn });

test.each<[string, Partial<WantedTopic>, Record<string, string | null>, object[]]>([
  ['a compacted topic', {}, { 'cleanup.policy': 'compact' }, [change('cleanup.policy', 'compact')]],
  ['a setting that is the default of Kafka', {}, { 'cleanup.policy': null }, [change('cleanup.policy', 'delete', false)]], // prettier-ignore
  ['another retention', {}, { 'retention.ms': '1000' }, [change('retention.ms', '1000')]],
  [
    'another retention that it keeps',
    { keepsRetention: true },
    { 'retention.ms': '1000', 'segment.ms': '9' },
    [],
  ],
  ['segments that the cluster sizes', { keepsRetention: true }, { 'segment.ms': null }, [change('segment.ms', applied['segment.ms']!, false)]], // prettier-ignore
  ['smaller batches', {}, { 'max.message.bytes': '1048588' }, [change('max.message.bytes', '1048588')]],
  ['larger batches, which stay', {}, { 'max.message.bytes': '8388608' }, []],
  ['too few copies in sync', {}, { 'min.insync.replicas': '1' }, [change('min.insync.replicas', '1')]],
  ['more copies in sync, which stay', {}, { 'min.insync.replicas': '3' }, []],
  [
    'more copies in sync than there are',
    {},
    { 'min.insync.replicas': '4' },
    [change('min.insync.replicas', '4')],
  ],
])('%s', (_name, ofWanted, ofSeen, settings) => {
  const expected =
    settings.length === 0
      ? { outcome: 'unchanged', name: 't' }
      : { outcome: 'change', name: 't', partitions: null, settings };
  expect(planOf({ ...wanted, ...ofWanted }, seen(ofSeen))).toEqual(expected);
});

test('partitions are added where it is told to, and never taken away', () => {
  expect(planOf({ ...wanted, minPartitions: 12 }, seen())).toEqual({
    ...{ outcome: 'change', name: 't', partitions: { from: 6, to: 12 }, settings: [] },
  });
  expect(planOf({ ...wanted, minPartitions: 3 }, seen())).toEqual({ outcome: 'unchanged', name: 't' });
});

test('of a topic whose settings Kafka does not show, the wanted ones are told', () => {
  const plan = planOf(wanted, seen({}, { settings: null, replicas: 1 }));
  expect(plan).toMatchObject({ outcome: 'unknown', name: 't' });
  expect(plan).toHaveProperty(
    'settings',
    expect.arrayContaining([{ name: 'min.insync.replicas', value: '1' }]),
  );
});

test('a setting that Kafka leaves out is an error, and no change', () => {
  expect(() => planOf(wanted, seen({}, { settings: new Map() }))).toThrow(
    'Kafka did not say what cleanup.policy of topic t is: run this again.',
  );
});

test.each([
  [1, 1],
  [2, 2],
  [3, 2],
  [4, 3],
])('of %i copies %i must have a record before it is acknowledged', (replicas, expected) => {
  expect(minInSyncReplicasOf(replicas)).toBe(expected);
});

test.each([
  ['1 day', 86_400_000, 3_600_000],
  ['7 days', 7 * 86_400_000, 7 * 3_600_000],
  ['a minute', 60_000, 3_600_000],
])('keeps no record for much longer than its retention of %s', (_retention, retentionMs, expected) => {
  expect(segmentMsOf(retentionMs)).toBe(expected);
});
