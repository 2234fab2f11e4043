import { developmentSources, developmentVendors } from '@sluice/start/development-sources';
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createDecoder } from '@sluice/canonical-event/avro-codec';
import { schemaLookup } from '@sluice/canonical-event/registry';
import { readRange } from '@sluice/kafka/read-range';
import { endOffsets } from '@sluice/kafka/topics-admin';
import { topicOf, type TopicName, rawTopicOf } from '@sluice/schemas/topics';
import { mark, untilDrained } from '@sluice/start/collect';
import { root, startSystem, type System } from './system.ts';

let system: System;
beforeAll(async () => {
  // The second Echat source refuses stale timestamps, the first keeps them apart.
  system = await startSystem((sources) =>
    sources.replace(
      `id: ${developmentSources.plain}`,
      `id: ${developmentSources.plain}\n    staleTimestamps: refuse`,
    ),
  );
}, 120_000);
afterAll(() => system.close(), 60_000);

const secret = (name: string): string => readFileSync(join(root, 'config/dev-secrets', name), 'utf8').trim();

/** The query of a push that Echat signed now. */
function signed(dataType: string, nowMs = Date.now(), token = `${developmentSources.plain}-token`): string {
  const timestamp = String(Math.floor(nowMs / 1000));
  const nonce = randomBytes(6).toString('hex');
  const signature = createHash('sha1')
    .update([secret(token), timestamp, nonce].sort().join(''))
    .digest('hex');
  return `timestamp=${timestamp}&nonce=${nonce}&signature=${signature}&dataType=${dataType}`;
}

const post = (path: string, body: string | Buffer): Promise<Response> =>
  fetch(`${system.ingressUrl}${path}`, { method: 'POST', body });

async function ends(name: TopicName): Promise<Map<number, bigint>> {
  return endOffsets(
    { brokers: system.endpoints.kafkaBrokers, clientId: 'e2e' },
    topicOf(system.stream, name),
  );
}

async function stored(): Promise<bigint> {
  const all = await Promise.all(
    (
      [rawTopicOf(developmentVendors.first), rawTopicOf(developmentVendors.second), 'dead-letter'] as const
    ).map(ends),
  );
  return all.flatMap((offsets) => [...offsets.values()]).reduce((sum, end) => sum + end, 0n);
}

test.each([
  [
    'a wrong signature',
    () => `/v1/echat/${developmentSources.plain}?${signed('chatEnd').replace('signature=', 'signature=0')}`,
    401,
    'unauthorized',
  ],
  [
    'a missing signature',
    () => `/v1/echat/${developmentSources.plain}?dataType=chatEnd`,
    401,
    'unauthorized',
  ],
  [
    'a stale timestamp',
    () => `/v1/echat/${developmentSources.plain}?${signed('chatEnd', Date.now() - 90_000_000)}`,
    401,
    'unauthorized',
  ],
  ['an unknown source', () => `/v1/echat/nobody?${signed('chatEnd')}`, 401, 'unauthorized'],
  ['a wrong path secret', () => `/v1/sobot/${developmentSources.open}/guess`, 401, 'unauthorized'],
  [
    'a repeated parameter',
    () => `/v1/echat/${developmentSources.plain}?${signed('chatEnd')}&nonce=x`,
    401,
    'unauthorized',
  ],
])('%s is refused and never stored', async (_name, path, status, text) => {
  const before = await stored();
  const answer = await post(path(), '<xml><a>1</a></xml>');
  expect([answer.status, await answer.text()]).toEqual([status, text]);
  expect(await stored()).toBe(before);
});

test('a body over the limit is refused and never stored', async () => {
  const before = await stored();
  const answer = await post(
    `/v1/echat/${developmentSources.plain}?${signed('chatEnd')}`,
    Buffer.alloc(1024 * 1024 + 1, 0x20),
  );
  expect([answer.status, await answer.text()]).toEqual([413, 'too large']);
  expect(await stored()).toBe(before);
});

test('a stale timestamp is acknowledged and kept apart where the source says so', async () => {
  const query = signed('chatEnd', Date.now() - 90_000_000, 'echat-token');
  const answer = await post(`/v1/echat/${developmentSources.encrypted}?${query}`, '<xml/>');
  expect([answer.status, await answer.text()]).toEqual([200, 'success']);
});

const sobotOpen = `/v1/sobot/${developmentSources.open}/${secret('sobot-path-secret')}`;

test('what is authentic but undecodable is acknowledged and kept with its original bytes', async () => {
  const undecodable = [
    [
      `/v1/echat/${developmentSources.encrypted}`,
      '<xml><Encrypt><![CDATA[AAAA]]></Encrypt></xml>',
      'INGRESS',
      'UNDECRYPTABLE',
    ],
    [`/v1/echat/${developmentSources.encrypted}`, '<xml><msgId>1</msgId></xml>', 'INGRESS', 'PLAINTEXT'],
    [`/v1/echat/${developmentSources.plain}`, '', 'INGRESS', 'EMPTY'],
    [`/v1/echat/${developmentSources.plain}`, 'hello, not XML', 'NORMALIZER', 'NOT_XML'],
    [
      `/v1/echat/${developmentSources.plain}`,
      '<!DOCTYPE x [<!ENTITY e "v">]><xml><a>&e;</a></xml>',
      'NORMALIZER',
      'DOCTYPE',
    ],
    [sobotOpen, 'hello, not JSON', 'INGRESS', 'NOT_JSON'],
    [sobotOpen, '{"type":"msg","content":[{"cid" 1}]}', 'NORMALIZER', 'NOT_JSON'],
  ] as const;
  const since = await mark(system.endpoints, system.stream);
  for (const [path, body] of undecodable) {
    const echat = path.includes('echat');
    const token = path.endsWith(developmentSources.encrypted)
      ? 'echat-token'
      : `${developmentSources.plain}-token`;
    const query = signed('chatEnd', Date.now(), token);
    const answer = await post(echat ? `${path}?${query}` : path, body);
    expect([body, answer.status, await answer.text()]).toEqual([body, 200, echat ? 'success' : '']);
  }
  await untilDrained(system.endpoints, system.stream);
  const deadLetters = await deadLettersSince(since.offsets.get('dead-letter') ?? new Map());
  expect(new Set(deadLetters)).toEqual(
    new Set(undecodable.map(([, payload, stage, reason]) => ({ stage, reason, payload }))),
  );
}, 60_000);

async function deadLettersSince(from: ReadonlyMap<number, bigint>): Promise<object[]> {
  const decode = createDecoder(schemaLookup({ url: system.endpoints.registryUrl }));
  const connection = { brokers: system.endpoints.kafkaBrokers, clientId: 'e2e' };
  const values: (Buffer | null)[] = [];
  await readRange(
    connection,
    { topic: topicOf(system.stream, 'dead-letter'), from, to: await ends('dead-letter') },
    ({ value }) => {
      values.push(value);
    },
  );
  return Promise.all(
    values.map(async (value) => {
      const decoded = await decode('dead-letter', value);
      if (!decoded.ok) throw new Error(decoded.detail);
      const { stage, reason, payload } = decoded.value;
      return { stage, reason, payload: payload.toString() };
    }),
  );
}
