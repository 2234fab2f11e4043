import { findRawHeaders } from '@sluice/raw-event/raw-headers';
import { first, second } from '../../testing/vendors.ts';
import { canonicalTopics, topicOf, type CanonicalTopic, rawTopicOf } from '@sluice/schemas/topics';
import type { ConsumedRecord } from '@sluice/kafka/consumer';
import { offsetRanges } from '@sluice/kafka/topics-admin';
import { createTestStream, type TestStream } from '../../testing/test-stream.ts';
import { deadLetterOf } from '@sluice/stream/dead-letters';
import { startSluice } from '../../testing/run-sluice.ts';
import { waitUntil } from '@sluice/kafka/testing/wait-until';

jest.setTimeout(120_000);

const records = 120;
const oldReceipt = Date.UTC(2025, 0, 1);
let one: TestStream;
let separate = '';
const replay = (...args: string[]) =>
  one.sluice('replay', '--sources', one.sourcesFile, ...one.place, ...args);
const linesOf = async (...args: string[]): Promise<string[]> => {
  const { code, stdout, stderr } = await replay(...args);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout.trimEnd().split('\n');
};

/** Of each event id the newest copy that a topic has, as the stores would keep it. */
async function eventsOf(stream: string, topic: CanonicalTopic): Promise<Map<string, ConsumedRecord>> {
  const found = await one.kafka.readAll(topicOf(stream, topic));
  return new Map(found.map((record) => [record.headers.ce_id!.toString(), record]));
}
const allRecords = async (stream: string) =>
  (await Promise.all(canonicalTopics.map((topic) => one.kafka.readAll(topicOf(stream, topic))))).flat();

beforeAll(async () => {
  one = await createTestStream();
  separate = one.kafka.name();
  await one.pushTraffic(records);
  await one.push(first, 'chatEnd', '<xml><chatEnd>', oldReceipt);
  await one.push(second, 'msg', '{"type":"msg","content":[]}', oldReceipt);
  await one.start('normalizer', 'sink-clickhouse', 'sink-elasticsearch');
  await one.settled();
});
afterAll(() => one.remove());

test('--dry-run counts by data type and outcome, and writes nothing', async () => {
  const before = (await allRecords(one.stream)).length;
  const lines = await linesOf('--dry-run');
  expect(lines.at(-1)).toBe(
    `Read ${records + 2} = ${records} normalized + 1 ignored + 1 dead-lettered (1 NOT_XML) + 0 filtered out.`,
  );
  expect(lines.find((line) => line.startsWith(`${first} chatEnd `))).toMatch(/ 1 NOT_XML, \d+ normalized$/);
  expect(lines.find((line) => line.startsWith('Events '))).toMatch(
    new RegExp(`^Events that would be produced: ${before} \\(`),
  );
  expect(lines).toContainEqual(expect.stringMatching(/raw\.\w+ \d\/\d+ NOT_XML /));
  expect(await allRecords(one.stream)).toHaveLength(before);
});

test.each([
  [['--vendor', second, '--from', '2025-01-01T00:00:01Z'], second],
  [['--source', `shop-${first}`, '--from', '2025-01-01T00:00:01Z'], first],
])('%p lets through what it says', async (args, vendor) => {
  const lines = await linesOf('--dry-run', ...args);
  const types = lines.filter((line) => [first, second].some((one) => line.startsWith(`${one} `)));
  expect(types.length).toBeGreaterThan(3);
  expect(types.filter((line) => !line.startsWith(vendor))).toEqual([]);
  expect(lines.join('\n')).not.toMatch(/NOT_XML|\b[1-9]\d* ignored/);
});

test('by data type, and by both times', async () => {
  const [types] = await linesOf('--dry-run', '--data-type', 'chatEnd');
  expect(types).toContain(`${first} chatEnd `);
  const early = ['--dry-run', '--to', '2025-01-02T00:00:00Z'];
  expect((await linesOf(...early)).at(-1)).toBe(
    `Read ${records + 2} = 0 normalized + 1 ignored + 1 dead-lettered (1 NOT_XML) + ${records} filtered out.`,
  );
  expect((await linesOf(...early, '--by', 'record')).at(-1)).toBe(
    `Read ${records + 2} = 0 normalized + 0 ignored + 0 dead-lettered + ${records + 2} filtered out.`,
  );
  // What was written before is not even read.
  expect((await linesOf('--dry-run', '--by', 'record', '--from', '2100-01-01T00:00:00Z')).at(-1)).toMatch(
    /^Read 0 = 0 normalized/,
  );
});

test.each<[string, string[], RegExp, number?]>([
  ['no target', [], /^Say where the events go: --to-stream <name>, or --live .*, or --dry-run\.$/],
  ['two targets', ['--live', '--to-stream', 'x'], /^Give --to-stream or --live, not both/],
  ['dead letters of another stream', ['--to-stream', 'x', '--dead-letters'], /^--dead-letters needs --live/],
  ['an empty time', ['--live', '--from', '2026-01-02', '--to', '2026-01-01'], /^--from must be before --to/],
  ['no time', ['--live', '--from', 'yesterday'], /It must be a time such as/],
  ['no source', ['--live', '--source', 'nobody'], /^The sources file has no source nobody of the stream/],
  ['no vendor', ['--live', '--vendor', 'nobody'], new RegExp(`Allowed choices are ${first}, ${second}, `)],
  ['no rate', ['--live', '--rate', '0'], /It must be a whole number above zero\./],
  ['no position', ['--live', '--start-at', `raw.${first}=3`], /It must be what a replay printed/],
  ['a position of a former topic', ['--live', '--start-at', `raw.${first}/0=99999`], /^--start-at raw\.\w+\/0=99999 is after the end of \S+, \d+: the topic was created again\./, 1],
  ['a sources file that is not there', ['--live', '--sources', '/nowhere.yaml'], /nowhere\.yaml/, 78],
])('refuses with an error: %s', async (_name, args, message, wanted = 64) => {
  const { code, stdout, stderr } = await replay(...args);
  expect(stderr.trimEnd()).toMatch(message);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  expect({ code, stdout }).toEqual({ code: wanted, stdout: '' });
}); // prettier-ignore

test('another stream whose topics are missing is refused, with the command to run', async () => {
  const { code, stderr } = await replay('--to-stream', separate);
  expect(code).toBe(1);
  expect(stderr).toContain(
    `Topic ${separate}.message.v1 is missing: run "sluice topics apply --stream ${separate}" first.`,
  );
});

test('to another stream: the same ids and values, the rejects in its own dead letters', async () => {
  await one.prepareStream(separate);
  const deadLettersBefore = await one.kafka.readAll(topicOf(one.stream, 'dead-letter'));
  const lines = await linesOf('--to-stream', separate, '--rate', '1000');
  expect(lines).toContain(`1 rejects: they are in ${separate}.dead-letter.`);
  expect(lines.at(-1)).toMatch(/1 dead-lettered \(1 NOT_XML\)/);
  let compared = 0;
  for (const topic of canonicalTopics) {
    const [live, copy] = [await eventsOf(one.stream, topic), await eventsOf(separate, topic)];
    expect([...copy.keys()].sort()).toEqual([...live.keys()].sort());
    for (const [id, { key, value, headers }] of copy) {
      const twin = live.get(id)!;
      expect(key).toEqual(twin.key);
      expect(headers).toEqual(twin.headers);
      // Before the fifth byte stands the schema's id, which is the registry's.
      expect(value!.subarray(5)).toEqual(twin.value!.subarray(5));
      compared += 1;
    }
  }
  expect(compared).toBeGreaterThan(records);
  expect(await one.kafka.readAll(topicOf(separate, 'dead-letter'))).toHaveLength(1);
  expect(await one.kafka.readAll(topicOf(one.stream, 'dead-letter'))).toHaveLength(deadLettersBefore.length);
});

test('--live marks the events, and changes nothing that readers of either store see', async () => {
  const before = [await one.clickhouseContent(), await one.elasticsearchContent()];
  expect(before[0]!.events).toBeGreaterThan(records);
  const [eventsBefore, deadLetters] = [
    (await allRecords(one.stream)).length,
    (await one.kafka.readAll(topicOf(one.stream, 'dead-letter'))).length,
  ];
  const lines = await linesOf('--live');
  expect(lines).toContain('1 rejects: not written again to the dead letters.');
  await one.settled();
  const after = await allRecords(one.stream);
  expect(after).toHaveLength(2 * eventsBefore);
  const marks = after.flatMap(({ headers }) => headers['sluice-replayed']?.toString() ?? []);
  expect(marks).toHaveLength(eventsBefore);
  expect([...new Set(marks)]).toEqual([expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/)]);
  expect([await one.clickhouseContent(), await one.elasticsearchContent()]).toEqual(before);
  expect(await one.kafka.readAll(topicOf(one.stream, 'dead-letter'))).toHaveLength(deadLetters);

  await linesOf('--live', '--dead-letters', '--data-type', 'chatEnd');
  expect(await one.kafka.readAll(topicOf(one.stream, 'dead-letter'))).toHaveLength(deadLetters + 1);
});

test('Ctrl-C ends it between two records, and what it prints continues from there', async () => {
  const target = one.kafka.name();
  await one.prepareStream(target);
  const args = ['replay', '--sources', one.sourcesFile, ...one.place, '--to-stream', target];
  const running = startSluice([...args, '--rate', '20']);
  const produced = async () => (await allRecords(target)).length;
  await waitUntil('some events are there', async () => (await produced()) > 0, 60_000);
  running.process.kill('SIGINT');
  const { code, stdout, stderr } = await running.ended;
  expect({ code, stderr }).toEqual({ code: 130, stderr: '' });
  const [, first = ''] = /^Read (\d+) =/m.exec(stdout) ?? [];
  const [, positions = ''] = /^Stopped before the end: .* --start-at (\S+)$/m.exec(stdout) ?? [];
  expect(Number(first)).toBeGreaterThan(0);
  expect(Number(first)).toBeLessThan(records);

  const rest = await one.sluice(...args, '--start-at', positions);
  const [, second = ''] = /^Read (\d+) =/m.exec(rest.stdout) ?? [];
  expect(Number(first) + Number(second)).toBe(records + 2);
  for (const topic of canonicalTopics)
    expect((await eventsOf(target, topic)).size).toBe((await eventsOf(one.stream, topic)).size);
});

test('killed without a word, it continues from what it printed last, and each event is there', async () => {
  const target = one.kafka.name();
  await one.prepareStream(target);
  const args = ['replay', '--sources', one.sourcesFile, ...one.place, '--to-stream', target];
  const killed = startSluice([...args, '--rate', '15']);
  await killed.printed(/--start-at raw\S+\n/);
  killed.process.kill('SIGKILL');
  const { code, stdout } = await killed.ended;
  expect(code).toBeNull();
  const positions = [...stdout.matchAll(/--start-at (\S+)\n/g)].at(-1)?.[1] ?? '';
  const rest = await one.sluice(...args, '--start-at', positions);
  expect(rest).toMatchObject({ code: 0, stderr: '' });
  // What was under way is produced twice, under the same ids.
  for (const topic of canonicalTopics)
    expect([...(await eventsOf(target, topic)).keys()].sort()).toEqual(
      [...(await eventsOf(one.stream, topic)).keys()].sort(),
    );
});

test('a row of rejects ends it before it fills the dead letters of the other stream', async () => {
  const target = one.kafka.name();
  await one.prepareStream(target);
  for (let count = 0; count < 12; count += 1) await one.push(first, 'chatEnd', `<xml><chatEnd>${count}`);
  const { code, stderr } = await replay(
    '--to-stream',
    target,
    '--from',
    '2025-06-01',
    '--max-consecutive-rejects',
    '3',
  );
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /^The replay failed: More than 3 consecutive records of \S+ cannot be mapped: .* --start-at /,
  );
});

test('what services died of is not worked on again, and --json tells a program', async () => {
  const target = one.kafka.name();
  await one.prepareStream(target);
  const records = await one.kafka.readAll(topicOf(one.stream, rawTopicOf(second)));
  const [killer, other] = records.filter(({ headers }) => findRawHeaders(headers).dataType !== 'msg');
  await one.writeDeadLetters(
    deadLetterOf(killer!, 'NORMALIZER', 'POISON_PILL', ''),
    // Of a former topic: another record is at its place now.
    deadLetterOf({ ...other!, value: Buffer.from('another') }, 'NORMALIZER', 'POISON_PILL', ''),
    deadLetterOf(other!, 'NORMALIZER', 'MAPPING_FAILED', ''),
  );
  const lines = await linesOf('--to-stream', target, '--vendor', second, '--json');
  const facts = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(facts.at(-1)).toMatchObject({
    ...{ of: 'ledger', read: records.length, normalized: records.length - 2, ignored: 1, filteredOut: 0 },
    ...{ deadLettered: { POISON_PILL: 1 }, missed: [] },
  });
  const deadLetters = await one.kafka.readAll(topicOf(target, 'dead-letter'));
  expect(deadLetters.map(({ headers }) => headers['sluice-reason']?.toString())).toEqual(['POISON_PILL']);
});

test('what left Kafka before it was read is missed, told, and makes it end with 3', async () => {
  const topic = topicOf(one.stream, rawTopicOf(first));
  const held = await offsetRanges(one.kafka.connection, topic);
  const { low, high } = held.get(0)!;
  const rest = high - low - 3n;
  await one.kafka.forget(topic, [{ partition: 0, offset: String(low + 3n) }]);
  const target = one.kafka.name();
  await one.prepareStream(target);
  const positions = `raw.${first}/0=${low},raw.${first}/1=${held.get(1)!.high}`;
  const { code, stdout, stderr } = await replay(
    ...['--to-stream', target, '--vendor', first, '--start-at', positions],
  );
  expect(stdout).toContain(
    `\nMissed 3 records, which were deleted from Kafka before they were read: ${topic} 0/${low} to 0/${low + 2n}.\n`,
  );
  expect(stdout).toMatch(new RegExp(`^Read ${rest} = `, 'm'));
  expect({ code, stderr }).toEqual({
    code: 3,
    stderr: '3 records were missed: see the ledger. The rest is done.\n',
  });
});
