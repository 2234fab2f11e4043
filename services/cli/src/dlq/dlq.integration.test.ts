import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { avroTopics, registerSchemas } from '@sluice/canonical-event/registry';
import { encodeNewer, newerSchemaOf } from '@sluice/canonical-event/testing/newer-schema';
import { vendorSymbol } from '@sluice/canonical-event/vendor-symbol';
import { createPublisher } from '@sluice/kafka/publisher';
import { scratchKafka } from '@sluice/kafka/testing/scratch-kafka';
import { waitUntil } from '@sluice/kafka/testing/wait-until';
import { endOffsets } from '@sluice/kafka/topics-admin';
import { readRawHeaders, writeRawHeaders, type RawHeaders } from '@sluice/raw-event/raw-headers';
import { rawTopicOf, subjectOf, topicOf, topicSettings } from '@sluice/schemas/topics';
import { createDeadLetterWriter, type DeadLetter } from '@sluice/stream/dead-letters';
import { countUnseenDeadLetters } from '@sluice/stream/unseen-dead-letters';
import type { VendorId } from '@sluice/vendors';
import { testingOf, type TestKeys, type VendorTesting } from '@sluice/vendors/testing/vendor-testing';
import { allTopics } from '@sluice/vendors/topics';
import { runSluice } from '../../testing/run-sluice.ts';
import { first, second } from '../../testing/vendors.ts';

jest.setTimeout(60_000);

const servers = JSON.parse(process.env.SLUICE_TEST_ENDPOINTS ?? '{}') as {
  kafkaBrokers: string[];
  registryUrl: string;
};
const kafka = scratchKafka();
const stream = kafka.name();
const folder = mkdtempSync(join(tmpdir(), 'sluice-dlq-'));
/** How the vendors of the sources `shop` and `talk` write their pushes; each source has the first of the vendor's keys. */
let shop: VendorTesting;
let talk: VendorTesting;
const sourcesFile = join(folder, 'sources.yaml');
const place = [
  ...['--brokers', servers.kafkaBrokers.join(',')],
  ...['--schema-registry', servers.registryUrl],
  ...['--stream', stream],
];
const run = (...args: string[]) =>
  runSluice(['dlq', ...args, ...place], {
    ...{ SHOP_TOKEN: shop.keys[0].token, SHOP_KEY: shop.keys[0].aesKey ?? '' },
    ...{ TALK_TOKEN: talk.keys[0].token, TALK_KEY: talk.keys[0].aesKey ?? '' },
  });
const ending = async (wanted: number, ...args: string[]): Promise<string[]> => {
  const { code, stdout, stderr } = await run(...args);
  if (code !== wanted) throw new Error(`It ended with ${code}: ${stderr}`);
  return stdout.trimEnd().split('\n');
};
const sluice = (...args: string[]): Promise<string[]> => ending(0, ...args);

/** The lines of the dead letters that `list` tells, between its heading and the sums. */
const listed = async (...args: string[]): Promise<string[]> =>
  (await run('list', ...args)).stdout.split('\n').filter((line) => /^\d+\/\d+ /.test(line));

const rawHeaders = (payloadHash: string, change: Partial<RawHeaders> = {}) =>
  writeRawHeaders({
    sourceId: 'shop',
    vendor: first,
    dataType: 'chatEnd',
    receivedAtMs: 1_700_000_000_000,
    requestId: 'r',
    contentType: 'application/xml',
    keyUsed: 'none',
    signed: true,
    encrypted: true,
    payloadHash,
    traceparent: '',
    ...change,
  });

/** A payload as its vendor encrypts it. */
const encrypted = (testing: VendorTesting, payload: string, keys: TestKeys = testing.keys[0]): Buffer =>
  testing.writePush(Buffer.from(payload), keys, 1_700_000_000_000).body;

const message = '<xml><chatData><chatRecordId>1_7</chatRecordId></chatData></xml>';
const ofTalk = {
  source_id: 'talk',
  vendor: vendorSymbol(second),
  data_type: '',
  headers: Object.entries(rawHeaders('h', { sourceId: 'talk', vendor: second, dataType: '' })).map(
    ([name, value]) => ({ name, value }),
  ),
  stage: 'INGRESS' as const,
  detail: '',
};

const common = {
  source_id: 'shop',
  vendor: vendorSymbol(first),
  data_type: 'chatEnd',
  headers: Object.entries(rawHeaders('h')).map(([name, value]) => ({ name, value })),
};
/** Kept before the first test; the payload of the third is of another source's key. */
const keptFirst = (): DeadLetter[] => [
  {
    ...common,
    ...{ id: 'a', stage: 'NORMALIZER', reason: 'NOT_XML', detail: 'torn at offset 3.', first_seen: 1_000 },
    ...{
      payload: Buffer.from('<xm\u001b[2J'),
      topic: topicOf(stream, rawTopicOf(first)),
      partition: 2,
      offset: 9,
    },
    ...{ key: Buffer.from('shop/k'), attempts: 1 },
  },
  {
    ...common,
    ...{
      id: 'b',
      stage: 'INGRESS',
      reason: 'UNDECRYPTABLE',
      detail: 'No live key opens it.',
      first_seen: 2_000,
    },
    payload: encrypted(shop, message),
  },
  {
    ...common,
    ...{
      id: 'c',
      stage: 'INGRESS',
      reason: 'UNDECRYPTABLE',
      detail: 'No live key opens it.',
      first_seen: 3_000,
    },
    payload: encrypted(shop, message, shop.keys[1]),
  },
  {
    ...common,
    ...{ id: 'd', stage: 'NORMALIZER', reason: 'NOT_XML', detail: 'again', first_seen: 4_000, attempts: 5 },
    ...{ payload: Buffer.from('x'), topic: topicOf(stream, rawTopicOf(first)) },
  },
];

let deadLetters: DeadLetter[];
let schemaIds: ReadonlyMap<string, number>;

async function writeAll(kept: readonly DeadLetter[]): Promise<void> {
  const publisher = createPublisher(kafka.connection, [topicOf(stream, 'dead-letter')]);
  await waitUntil('the publisher is ready', () => publisher.ready());
  const write = createDeadLetterWriter(publisher, stream, schemaIds.get('dead-letter') ?? 0);
  for (const deadLetter of kept) await write(deadLetter);
  await publisher.close();
}

beforeAll(async () => {
  shop = await testingOf(first as VendorId);
  talk = await testingOf(second as VendorId);
  const source = (id: string, vendor: string, { settings }: VendorTesting): object => ({
    ...{ ...settings, id, vendor, stream, signed: true, encrypted: true },
    token: { current: { env: `${id.toUpperCase()}_TOKEN` } },
    aesKey: { current: { env: `${id.toUpperCase()}_KEY` } },
  });
  // JSON is YAML.
  writeFileSync(
    sourcesFile,
    JSON.stringify({ sources: [source('shop', first, shop), source('talk', second, talk)] }),
  );
  for (const name of allTopics)
    await kafka.topic({ name: topicOf(stream, name), maxMessageBytes: topicSettings(name).maxMessageBytes });
  schemaIds = await registerSchemas({ url: servers.registryUrl }, stream);
  deadLetters = keptFirst();
  await writeAll(deadLetters);
});
afterAll(async () => {
  await kafka.remove();
  rmSync(folder, { recursive: true });
  for (const topic of avroTopics)
    await fetch(`${servers.registryUrl}/subjects/${subjectOf(stream, topic)}`, { method: 'DELETE' });
});

test('list shows a line for each dead letter that the filter lets through', async () => {
  const lines = await sluice('list');
  expect(lines).toHaveLength(8);
  expect(lines[0]).toMatch(/^PLACE +FIRST SEEN +STAGE +REASON +SOURCE +DATA TYPE +BYTES$/);
  expect(lines[1]).toMatch(/^0\/0 +1970-01-01T00:00:01\.000Z +NORMALIZER +NOT_XML +shop +chatEnd +7$/);
  expect(lines.slice(5)).toEqual([
    'Dead letters: 4 (4 open).',
    expect.stringMatching(/^ +2 {2}NORMALIZER +NOT_XML +shop$/),
    expect.stringMatching(/^ +2 {2}INGRESS +UNDECRYPTABLE +shop$/),
  ]);
  expect(await listed('--reason', 'undecryptable')).toHaveLength(2);
  expect(await listed('--since', '1970-01-01T00:00:02Z', '--until', '1970-01-01T00:00:04Z')).toHaveLength(2);
  expect(await listed('--since', '1h')).toEqual([]);
  expect(await listed('--contains', 'torn at')).toHaveLength(1);
  const end = deadLetters[2]!.payload.subarray(-60).toString();
  expect(await listed('--contains', end)).toHaveLength(1);
});

test.each([
  [['--source', 'nobody'], 'No dead letter has the source nobody; there are shop (4).'],
  [['--reason', 'empty'], 'No dead letter has the reason EMPTY; there are NOT_XML (2), UNDECRYPTABLE (2).'],
  [['--stage', 'sink-clickhouse'], 'No dead letter has the stage SINK_CLICKHOUSE; there are NORMALIZER (2), INGRESS (2).'],
  [['--contains', 'nothing has this'], 'None of the 4 dead letters matches all filters.'],
])('a filter that lets nothing through says what there is: %j', async (filter, why) => {
  expect(await sluice('list', ...filter)).toEqual(['Dead letters: 0 (0 open).', why]);
  const dry = await sluice('redrive', '--dry-run', '--sources', sourcesFile, ...filter);
  expect(dry).toEqual(['0 would be redriven, 0 skipped, 0 still undecodable.', why]);
}); // prettier-ignore

test('as JSON, each is one object in one line', async () => {
  const lines = (await sluice('list', '--json')).map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(lines[0]).toMatchObject({
    ...{ of: 'dead-letter', place: '0/0', stage: 'NORMALIZER', reason: 'NOT_XML', source: 'shop' },
    ...{ dataType: 'chatEnd', bytes: 7, firstSeen: '1970-01-01T00:00:01.000Z', redrivenAt: null },
  });
  expect(lines.at(-1)).toEqual({ of: 'sum', deadLetters: 4, open: 4, why: null });
  const [whole] = await sluice('show', '0/0', '--json');
  const { payload } = JSON.parse(whole ?? '') as { payload: string };
  expect(Buffer.from(payload, 'base64').toString()).toBe('<xm\u001b[2J');
  const dry = await ending(3, 'redrive', '--dry-run', '--sources', sourcesFile, '--json');
  expect(dry.map((line) => JSON.parse(line) as unknown).at(-1)).toMatchObject({
    ...{ of: 'sum', redriven: 2, skipped: 1, undecodable: 1, dryRun: true },
  });
});

test('show tells everything, and sends nothing to the terminal that it would obey', async () => {
  const lines = await sluice('show', '0/0');
  expect(lines).toContain('detail: torn at offset 3.');
  expect(lines.some((line) => line.startsWith('  sluice-push: source=shop&'))).toBe(true);
  expect(lines.at(-1)).toBe('<xm\\x1b[2J');
  await expect(sluice('show', '7/7')).rejects.toThrow('There is no dead letter at 7/7');
});

test('redrive puts dead letters back under their ids, once, and not those that were tried too often', async () => {
  const wanted = [
    `0/0 NOT_XML went to ${topicOf(stream, rawTopicOf(first))}`,
    `0/1 UNDECRYPTABLE went to ${topicOf(stream, rawTopicOf(first))}`,
    '0/2 UNDECRYPTABLE undecodable: ',
    '0/3 NOT_XML skipped: tried 5 times already',
    '2 redriven, 1 skipped, 1 still undecodable.',
  ];
  // What is left behind makes it end with 3.
  const dry = await ending(3, 'redrive', '--sources', sourcesFile, '--dry-run');
  expect(dry[0]).toBe(`0/0 NOT_XML would go to ${topicOf(stream, rawTopicOf(first))}`);
  expect(await kafka.readAll(topicOf(stream, rawTopicOf(first)))).toEqual([]);

  const lines = await ending(3, 'redrive', '--sources', sourcesFile, '--rate', '1000');
  wanted.forEach((line, at) => expect(lines[at]).toContain(line));
  const raw = await kafka.readAll(topicOf(stream, rawTopicOf(first)));
  expect(raw.map(({ value }) => value?.toString())).toEqual(['<xm\u001b[2J', message]);
  expect(raw.map(({ key }) => key?.toString())).toEqual(['shop/k', 'shop/1_7']);
  for (const { headers } of raw) {
    expect(headers['sluice-redriven']?.toString()).toBe('1');
    expect(readRawHeaders(headers)?.receivedAtMs).toBe(1_700_000_000_000);
  }
  expect(readRawHeaders(raw[1]!.headers)?.keyUsed).toBe('current');

  const again = await ending(3, 'redrive', '--sources', sourcesFile);
  expect(again.at(-1)).toBe('0 redriven, 3 skipped, 1 still undecodable.');
  expect((await listed())[0]).toMatch(/redriven \d{4}-/);
  expect(await listed('--open')).toHaveLength(2);
  expect(await sluice('list')).toContain('Dead letters: 4 (2 open).');
});

test('redrive opens what was kept while a key was missing or a push was suspect, and keeps the rest again', async () => {
  const unopened = 'f'.repeat(64);
  const { encryptRecord, keys } = talk;
  if (!encryptRecord) throw new Error(`${second} encrypts no record by itself.`);
  const [one, two] = ['1', '2'].map((id) => encryptRecord(`{"callid":"${id}"}`, keys[0].aesKey ?? ''));
  const elements = [one, unopened, two];
  const kept: DeadLetter[] = [
    {
      ...common,
      ...{ id: 'e', stage: 'INGRESS', reason: 'STALE', detail: '', first_seen: 10_000 },
      payload: encrypted(shop, '<xml><chatRecordId>1_8</chatRecordId></xml>'),
    },
    {
      ...ofTalk,
      ...{ id: 'f', reason: 'UNDECRYPTABLE', first_seen: 11_000 },
      payload: encrypted(talk, '{"type":"msg","content":[{"cid":"9"}]}'),
    },
    {
      ...ofTalk,
      ...{ id: 'g', reason: 'REUSED_SIGNATURE', first_seen: 12_000 },
      payload: Buffer.from(`{"type":"calllog","content":${JSON.stringify(elements)}}`),
    },
  ];
  await writeAll(kept);
  const lines = await sluice('redrive', '--sources', sourcesFile, '--since', '1970-01-01T00:00:10Z');
  expect(lines.at(-1)).toBe('3 redriven, 0 skipped, 0 still undecodable.');

  const inFirst = await kafka.readAll(topicOf(stream, rawTopicOf(first)));
  expect(inFirst.at(-1)?.value?.toString()).toBe('<xml><chatRecordId>1_8</chatRecordId></xml>');
  const inSecond = await kafka.readAll(topicOf(stream, rawTopicOf(second)));
  expect(inSecond.map(({ value }) => value?.toString()).sort()).toEqual([
    '{"type":"calllog","content":[{"callid":"1"},{"callid":"2"}]}',
    '{"type":"msg","content":[{"cid":"9"}]}',
  ]);
  expect(inSecond.map(({ headers }) => readRawHeaders(headers)?.dataType).sort()).toEqual(['calllog', 'msg']);

  const [rest] = await listed('--open', '--reason', 'undecryptable', '--source', 'talk');
  const shown = await sluice('show', rest!.split(' ')[0]!);
  expect(shown).toContain('attempts: 2');
  expect(shown.at(-1)).toBe(`{"type":"calllog","content":["${unopened}"]}`);
});

test('what strangers wrote into a dead letter stays in its line, and no terminal obeys it', async () => {
  const evil = '\u001b[2J\u009b\r\nreason: \u202eNOT_XML';
  const escaped = '\\x1b[2J\\x9b\\x0d\\x0areason: \\u202eNOT_XML';
  await writeAll([
    {
      ...common,
      ...{
        id: evil,
        source_id: 'shop',
        data_type: evil,
        stage: 'SINK_CLICKHOUSE',
        reason: 'REFUSED_BY_STORE',
      },
      ...{ detail: evil, first_seen: 9_000, key: Buffer.from(evil), attempts: 5 },
      headers: [{ name: evil, value: evil }],
      ...{ payload: Buffer.from('x'), topic: evil },
    },
  ]);
  const [line = '', ...more] = await listed('--stage', 'SINK_CLICKHOUSE');
  expect(line).toMatch(/^\S+ +1970-.* shop +\\x1b.* 1$/);
  expect(line).toContain(escaped);
  expect(more).toEqual([]);
  const shown = await sluice('show', line.split(' ')[0] ?? '');
  for (const name of ['id', 'data_type', 'detail', 'topic', 'key', `  ${escaped}`])
    expect(shown).toContain(`${name}: ${escaped}`);
  expect(shown.join('\n')).not.toMatch(/[^\P{Cc}\n]|\u202e/u);
});

test('a record that is no dead letter is told and passed over, and the command ends with 3', async () => {
  const topic = topicOf(stream, 'dead-letter');
  const publisher = createPublisher(kafka.connection, [topic]);
  await waitUntil('the publisher is ready', () => publisher.ready());
  await publisher.publish({
    topic,
    key: Buffer.from('k'),
    value: Buffer.from('no dead letter'),
    headers: {},
  });
  await publisher.close();
  const stray = (await kafka.readAll(topic)).at(-1);
  const told = new RegExp(`^0/${stray?.offset} is not a dead letter and was skipped: .+\n$`);
  const list = await run('list');
  expect(list).toMatchObject({ code: 3, stderr: expect.stringMatching(told) as string });
  expect(list.stdout).toMatch(/^PLACE [^]*\n0\/0 [^]*\nDead letters: \d+ \(\d+ open\)\.\n/);
  const redrive = await run('redrive', '--sources', sourcesFile, '--dry-run');
  expect(redrive).toMatchObject({ code: 3, stderr: expect.stringMatching(told) as string });
  expect(redrive.stdout).toMatch(/still undecodable\.\n$/);
  expect(await run('show', `0/${stray?.offset}`)).toMatchObject({ code: 3, stdout: '' });
  expect(await run('show', '0/0')).toMatchObject({ code: 0, stderr: '' });
});

test('a dead letter of another stream, or one that is not there, is left and told', async () => {
  await writeAll([
    {
      ...common,
      ...{ id: 'h', stage: 'NORMALIZER', reason: 'EMPTY', detail: '', first_seen: 20_000 },
      ...{ payload: Buffer.from('x'), topic: topicOf('other', rawTopicOf(first)) },
    },
    {
      ...common,
      ...{ id: 'i', stage: 'NORMALIZER', reason: 'EMPTY', detail: '', first_seen: 21_000 },
      ...{ payload: Buffer.from('y'), topic: topicOf(stream, rawTopicOf(first)) },
    },
  ]);
  const { code, stdout } = await run('redrive', '--sources', sourcesFile, '--reason', 'empty');
  expect(stdout).toContain(
    `EMPTY undecodable: it belongs to ${topicOf('other', rawTopicOf(first))}, which is not a topic of ${stream}: redrive or replay it there`,
  );
  expect(stdout).toContain(
    `EMPTY went to ${topicOf(stream, rawTopicOf(first))}\n1 redriven, 0 skipped, 1 still undecodable.\n`,
  );
  expect(code).toBe(3);
  const mark = (await kafka.readAll(topicOf(stream, 'dead-letter'))).at(-1)!;
  expect(await run('redrive', `0/${mark.offset}`, '--sources', sourcesFile)).toMatchObject({
    code: 3,
    stderr: `There is no such dead letter at 0/${mark.offset}.\n`,
  });
});

test.each([
  [['list', '--stage', 'sink'], /There is no stage sink: it must be one of UNKNOWN, INGRESS, NORMALIZER, SINK_CLICKHOUSE, /],
  [['list', '--reason', 'NOTXML'], /There is no reason NOTXML: it must be one of .*NOT_XML/],
  [['list', '--since', '7'], /It must be a time such as 2026-01-31T08:00:00\+08:00/],
  [['show', '17'], /A place is a partition and an offset, such as 0\/17/],
  [['redrive', '0', '--sources', 'x'], /A place is a partition and an offset/],
])('%p is refused, and says what there is', async (args, text) => {
  const { code, stdout, stderr } = await run(...args);
  expect(stderr.trimEnd()).toMatch(text);
  expect({ code, stdout }).toEqual({ code: 64, stdout: '' });
}); // prettier-ignore

test.each([
  ['7/7', /There is no dead letter at 7\/7: the topic has the partitions 0 to 0\./],
  ['0/99999', /There is no dead letter at 0\/99999: partition 0 has the offsets 0 to \d+\./],
])('what is not there is not shown: %s', async (place, text) => {
  const { code, stdout, stderr } = await run('show', place);
  expect(stderr.trimEnd()).toMatch(text);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
});

test('a stage may be written as metrics write it', async () => {
  expect(await listed('--stage', 'sink-clickhouse')).toHaveLength(1);
});

test('seen notes all that is there, and the next time what came since', async () => {
  const { connection } = kafka;
  const before = await countUnseenDeadLetters(connection, stream, Infinity, Date.now());
  expect(before.unseen).toBeGreaterThan(0);
  const [line] = await sluice('seen');
  expect(line).toMatch(/^Marked as seen: [1-9]\d* records of /);
  expect((await countUnseenDeadLetters(connection, stream, Infinity, Date.now())).unseen).toBe(0);
  expect(await sluice('seen')).toEqual([expect.stringMatching(/^Marked as seen: 0 records of /)]);
});

test('what has expired is not waited for, and the rest can be brought back', async () => {
  const topic = topicOf(stream, 'dead-letter');
  const end = (await endOffsets(kafka.connection, topic)).get(0)!;
  await writeAll([{ ...deadLetters[0]!, id: 'fresh', first_seen: 30_000 }]);
  await kafka.forget(topic, [{ partition: 0, offset: String(end) }]);
  expect(await listed()).toEqual([expect.stringMatching(`^0/${end} `)]);
  expect((await sluice('redrive', `0/${end}`, '--sources', sourcesFile)).at(-1)).toBe(
    '1 redriven, 0 skipped, 0 still undecodable.',
  );
  await expect(sluice('show', '0/0')).rejects.toThrow(
    `There is no dead letter at 0/0: partition 0 has the offsets ${end} to ${end + 1n}.`,
  );
  await kafka.forget(topic, [{ partition: 0, offset: String(end + 2n) }]);
  expect(await sluice('list')).toEqual(['Dead letters: 0 (0 open).']);
  expect(await sluice('redrive', '--sources', sourcesFile)).toEqual([
    '0 redriven, 0 skipped, 0 still undecodable.',
  ]);
});

test('a dead letter of a newer release is listed and shown as far as it is known, and redrive leaves it', async () => {
  const subject = subjectOf(stream, 'dead-letter');
  const answer = await fetch(`${servers.registryUrl}/subjects/${subject}/versions`, {
    method: 'POST',
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    body: JSON.stringify({ schema: JSON.stringify(newerSchemaOf('dead-letter')) }),
  });
  const { id } = (await answer.json()) as { id: number };
  const topic = topicOf(stream, 'dead-letter');
  const publisher = createPublisher(kafka.connection, [topic]);
  await waitUntil('the publisher is ready', () => publisher.ready());
  const deadLetter = { ...deadLetters[0]!, reason: 'NEXT' as 'UNKNOWN' };
  const value = encodeNewer('dead-letter', id, deadLetter);
  const { outcome, offset } = (await publisher.publish({
    topic,
    key: Buffer.from('n'),
    value,
    headers: {},
  })) as {
    outcome: string;
    offset: string;
  };
  await publisher.close();
  expect(outcome).toBe('published');

  expect((await listed('--reason', 'unknown'))[0]).toMatch(`0/${offset} `);
  const lost = new RegExp(`Schema ${id} of dead-letter is newer than this release, which does not know `);
  expect((await sluice('show', `0/${offset}`)).join('\n')).toMatch(lost);
  const [line = ''] = await ending(3, 'redrive', `0/${offset}`, '--sources', sourcesFile);
  expect(line).toMatch(lost);
  expect(line).toMatch(/Redrive it with that release\.$/);
});
