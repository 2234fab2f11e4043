import { developmentSources, developmentVendors } from '@sluice/start/development-sources';
import { randomUUID } from 'node:crypto';
import { createDecoder } from '@sluice/canonical-event/avro-codec';
import { schemaLookup } from '@sluice/canonical-event/registry';
import { readRange } from '@sluice/kafka/read-range';
import { endOffsets } from '@sluice/kafka/topics-admin';
import { topicOf, type TopicName, rawTopicOf } from '@sluice/schemas/topics';
import { mark, untilDrained } from '@sluice/start/collect';
import type { Push } from '@sluice/simulator/push';
import { seededRandom } from '@sluice/simulator/random';
import { sealPush } from '@sluice/simulator/seal-push';
import type { SimulatedSource } from '@sluice/simulator/vendor-simulator';
import type { VendorId } from '@sluice/vendors';
import { simulatedSources } from '@sluice/vendors/simulators';
import { testingOf } from '@sluice/vendors/testing/vendor-testing';
import { startSystem, type System } from './system.ts';

let system: System;
let sources: readonly SimulatedSource[];
/** The query parameter with the signature of the first vendor. */
let signature: string;
beforeAll(async () => {
  // The plain source refuses stale timestamps, the encrypted one keeps them apart.
  system = await startSystem((sources) =>
    sources.replace(
      `id: ${developmentSources.plain}`,
      `id: ${developmentSources.plain}\n    staleTimestamps: refuse`,
    ),
  );
  sources = await simulatedSources(system.sourcesFile);
  signature = (await testingOf(developmentVendors.first as VendorId)).signed.signature;
}, 120_000);
afterAll(() => system.close(), 60_000);

function sourceOf(id: string): SimulatedSource {
  const source = sources.find((one) => one.id === id);
  if (!source) throw new Error(`There is no source ${id}.`);
  return source;
}

const random = seededRandom(randomUUID());

/** A push that the source's vendor signed, with this text as it stands for a body. */
function signed(id: string, text: string, atMs = Date.now()): Push {
  const source = sourceOf(id);
  const plain = { id: 'bad', vendor: source.vendor, sourceId: id, dataType: 'chatEnd', text };
  const sent = { ...plain, secretParts: [], records: 1, presealed: true };
  return sealPush(sent, source, { now: () => atMs, random });
}

const post = (
  path: string,
  body: Buffer,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> =>
  fetch(`${system.ingressUrl}${path}`, { method: 'POST', body: new Uint8Array(body), headers });
const send = ({ path, body, headers }: Push): Promise<Response> => post(path, body, headers);

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

const { plain, encrypted, open } = developmentSources;
const body = '<xml><a>1</a></xml>';
const signedPath = (atMs?: number): string => signed(plain, body, atMs).path;

test.each([
  ['a wrong signature', () => signedPath().replace(`${signature}=`, `${signature}=0`)],
  ['a missing signature', () => signedPath().replace(new RegExp(`${signature}=[^&]*`), '')],
  ['a stale timestamp', () => signedPath(Date.now() - 90_000_000)],
  ['an unknown source', () => signedPath().replace(`/${plain}?`, '/nobody?')],
  ['a wrong path secret', () => `/v1/${developmentVendors.second}/${open}/guess`],
  ['a repeated parameter', () => `${signedPath()}&${signature}=x`],
])('%s is refused and never stored', async (_name, path) => {
  const before = await stored();
  const answer = await post(path(), Buffer.from(body));
  expect([answer.status, await answer.text()]).toEqual([401, 'unauthorized']);
  expect(await stored()).toBe(before);
});

test('a body over the limit is refused and never stored', async () => {
  const before = await stored();
  const answer = await send(signed(plain, ' '.repeat(1024 * 1024 + 1)));
  expect([answer.status, await answer.text()]).toEqual([413, 'too large']);
  expect(await stored()).toBe(before);
});

test('a stale timestamp is acknowledged and kept apart where the source says so', async () => {
  const push = signed(encrypted, '<xml/>', Date.now() - 90_000_000);
  expect(await isAcknowledged(push)).toBe(true);
});

/** Whether the push's vendor takes the answer for an acknowledgement. */
async function isAcknowledged(push: Push): Promise<boolean> {
  const answer = await send(push);
  return push.isAcknowledged({ status: answer.status, body: await answer.text() });
}

test('what is authentic but undecodable is acknowledged and kept with its original bytes', async () => {
  const undecodable = [
    [encrypted, sourceOf(encrypted).simulator.writeCiphertext('AAAA'), 'INGRESS', 'UNDECRYPTABLE'],
    [encrypted, '<xml><msgId>1</msgId></xml>', 'INGRESS', 'PLAINTEXT'],
    [plain, '', 'INGRESS', 'EMPTY'],
    [plain, 'hello, not XML', 'NORMALIZER', 'NOT_XML'],
    [plain, '<!DOCTYPE x [<!ENTITY e "v">]><xml><a>&e;</a></xml>', 'NORMALIZER', 'DOCTYPE'],
    [open, 'hello, not JSON', 'INGRESS', 'NOT_JSON'],
    [open, '{"type":"msg","content":[{"cid" 1}]}', 'NORMALIZER', 'NOT_JSON'],
  ] as const;
  const since = await mark(system.endpoints, system.stream);
  for (const [id, text] of undecodable)
    expect([text, await isAcknowledged(signed(id, text))]).toEqual([text, true]);
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
