import { createCipheriv, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { avroTopics, registerSchemas } from '@sluice/canonical-event/registry';
import { createPublisher } from '@sluice/kafka/publisher';
import { scratchKafka } from '@sluice/kafka/scratch-kafka';
import { waitUntil } from '@sluice/kafka/testing/wait-until';
import { writeRawHeaders } from '@sluice/raw-event/raw-headers';
import { subjectOf, topicOf, topics, type TopicName } from '@sluice/schemas/topics';
import { createDeadLetterWriter, type DeadLetter } from '@sluice/stream/dead-letters';
import { runSluice } from '../testing/run-sluice.ts';

jest.setTimeout(60_000);

const servers = JSON.parse(process.env.SLUICE_TEST_ENDPOINTS ?? '{}') as {
  kafkaBrokers: string[];
  registryUrl: string;
};
const kafka = scratchKafka();
const stream = kafka.name();
const folder = mkdtempSync(join(tmpdir(), 'sluice-dlq-'));
const aesKey = randomBytes(32).toString('base64').slice(0, 43);
const sourcesFile = join(folder, 'sources.yaml');
const place = [
  ...['--brokers', servers.kafkaBrokers.join(',')],
  ...['--schema-registry', servers.registryUrl],
  ...['--stream', stream],
];
const sluice = async (...args: string[]): Promise<string[]> => {
  const { code, stdout, stderr } = await runSluice(['dlq', ...args, ...place], { KEY: aesKey, TOKEN: 't' });
  if (code !== 0) throw new Error(stderr);
  return stdout.trimEnd().split('\n');
};

const rawHeaders = (payloadHash: string) =>
  writeRawHeaders({
    sourceId: 'shop',
    vendor: 'echat',
    dataType: 'chatEnd',
    receivedAtMs: 1_700_000_000_000,
    requestId: 'r',
    contentType: 'application/xml',
    keyUsed: 'none',
    signed: true,
    encrypted: true,
    payloadHash,
    traceparent: '',
  });

/** WeChat's scheme, as the vendor encrypts. */
function encrypt(message: string): string {
  const key = Buffer.from(`${aesKey}=`, 'base64');
  const length = Buffer.alloc(4);
  length.writeUInt32BE(Buffer.byteLength(message));
  const plain = Buffer.concat([randomBytes(16), length, Buffer.from(message), Buffer.from('520001')]);
  const padding = 32 - (plain.length % 32);
  const cipher = createCipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false);
  const padded = Buffer.concat([plain, Buffer.alloc(padding, padding)]);
  return `<xml><Encrypt>${Buffer.concat([cipher.update(padded), cipher.final()]).toString('base64')}</Encrypt></xml>`;
}

const message = '<xml><chatData><chatRecordId>1_7</chatRecordId></chatData></xml>';
const common = {
  source_id: 'shop',
  vendor: 'ECHAT' as const,
  data_type: 'chatEnd',
  headers: Object.entries(rawHeaders('h')).map(([name, value]) => ({ name, value })),
};
const letters: DeadLetter[] = [
  {
    ...common,
    ...{ id: 'a', stage: 'NORMALIZER', reason: 'NOT_XML', detail: 'torn at offset 3.', first_seen: 1_000 },
    ...{ payload: Buffer.from('<xm\u001b[2J'), topic: topicOf(stream, 'raw.echat'), partition: 2, offset: 9 },
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
    payload: Buffer.from(encrypt(message)),
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
    payload: Buffer.from('<xml><Encrypt>AAAA</Encrypt></xml>'),
  },
  {
    ...common,
    ...{ id: 'd', stage: 'NORMALIZER', reason: 'NOT_XML', detail: 'again', first_seen: 4_000, attempts: 5 },
    ...{ payload: Buffer.from('x'), topic: topicOf(stream, 'raw.echat') },
  },
];

beforeAll(async () => {
  writeFileSync(
    sourcesFile,
    `sources: [{id: shop, vendor: echat, stream: ${stream}, signed: true, encrypted: true, appIds: ['520001'],
      token: {current: {env: TOKEN}}, aesKey: {current: {env: KEY}}}]`,
  );
  for (const name of Object.keys(topics) as TopicName[])
    await kafka.topic({ name: topicOf(stream, name), maxMessageBytes: topics[name].maxMessageBytes });
  const ids = await registerSchemas({ url: servers.registryUrl }, stream);
  const publisher = createPublisher(kafka.connection, [topicOf(stream, 'dead-letter')]);
  await waitUntil('the publisher is ready', () => publisher.ready());
  const write = createDeadLetterWriter(publisher, stream, ids.get('dead-letter') ?? 0);
  for (const letter of letters) await write(letter);
  await publisher.close();
});
afterAll(async () => {
  await kafka.remove();
  rmSync(folder, { recursive: true });
  for (const topic of avroTopics)
    await fetch(`${servers.registryUrl}/subjects/${subjectOf(stream, topic)}`, { method: 'DELETE' });
});

test('list shows a line for each letter that the filter lets through', async () => {
  const lines = await sluice('list');
  expect(lines).toHaveLength(5);
  expect(lines[0]).toMatch(/^0\/0 +1970-01-01T00:00:01\.000Z +NORMALIZER +NOT_XML +shop +chatEnd +7 bytes$/);
  expect(lines[4]).toBe('Dead letters: 4.');
  expect(await sluice('list', '--reason', 'undecryptable')).toHaveLength(3);
  expect(
    await sluice('list', '--since', '1970-01-01T00:00:02Z', '--until', '1970-01-01T00:00:04Z'),
  ).toHaveLength(3);
  expect(await sluice('list', '--source', 'nobody')).toEqual(['Dead letters: 0.']);
});

test('show tells everything, and sends nothing to the terminal that it would obey', async () => {
  const lines = await sluice('show', '0/0');
  expect(lines).toContain('detail: torn at offset 3.');
  expect(lines).toContain('  sluice-source: shop');
  expect(lines.at(-1)).toBe('<xm\\x1b[2J');
  await expect(sluice('show', '7/7')).rejects.toThrow('There is no dead letter at 7/7');
});

test('redrive puts letters back under their ids, once, and not those that were tried too often', async () => {
  const wanted = [
    `0/0 NOT_XML went to ${stream}.raw.echat`,
    `0/1 UNDECRYPTABLE went to ${stream}.raw.echat`,
    '0/2 UNDECRYPTABLE unusable: ',
    '0/3 NOT_XML skipped: tried 5 times already',
    '2 redriven, 1 skipped, 1 still unusable.',
  ];
  const dry = await sluice('redrive', '--sources', sourcesFile, '--dry-run');
  expect(dry[0]).toBe(`0/0 NOT_XML would go to ${stream}.raw.echat`);
  expect(await kafka.readAll(topicOf(stream, 'raw.echat'))).toEqual([]);

  const lines = await sluice('redrive', '--sources', sourcesFile, '--rate', '1000');
  wanted.forEach((line, at) => expect(lines[at]).toContain(line));
  const raw = await kafka.readAll(topicOf(stream, 'raw.echat'));
  expect(raw.map(({ value }) => value?.toString())).toEqual(['<xm\u001b[2J', message]);
  expect(raw.map(({ key }) => key?.toString())).toEqual(['shop/k', 'shop/1_7']);
  for (const { headers } of raw) {
    expect(headers['sluice-redriven']?.toString()).toBe('1');
    expect(headers['sluice-received-at']?.toString()).toBe('1700000000000');
  }
  expect(raw[1]?.headers['sluice-key-used']?.toString()).toBe('current');

  const again = await sluice('redrive', '--sources', sourcesFile);
  expect(again.at(-1)).toBe('0 redriven, 3 skipped, 1 still unusable.');
  expect((await sluice('list'))[0]).toMatch(/redriven \d{4}-/);
});
