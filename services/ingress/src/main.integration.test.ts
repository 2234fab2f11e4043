import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { Agent } from 'node:http';
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDecoder } from '@sluice/canonical-event/avro-codec';
import { registerSchemas, schemaLookup } from '@sluice/canonical-event/registry';
import { vendorSymbol } from '@sluice/canonical-event/vendor-symbol';
import type { RecentPushes } from '@sluice/raw-event/recent-pushes';
import { readRawHeaders } from '@sluice/raw-event/raw-headers';
import { scratchKafka } from '@sluice/kafka/testing/scratch-kafka';
import { applyTopics } from '@sluice/kafka/topics-admin';
import { subjectOf, topicOf, type TopicName, rawTopicOf, topicSettings } from '@sluice/schemas/topics';
import { waitUntil } from '@sluice/kafka/testing/wait-until';
import { push, type Push } from '@sluice/service/testing/push';
import { goldenCases } from '@sluice/vendors/testing/golden-source';
import { loadSenders, type Sender, type Senders, type Sent } from '../testing/senders.ts';

jest.setTimeout(30_000);

const { kafkaBrokers, registryUrl } = JSON.parse(process.env.SLUICE_TEST_ENDPOINTS ?? '{}') as {
  kafkaBrokers: string[];
  registryUrl: string;
};
const kafka = scratchKafka();
const stream = kafka.name();
let senders: Senders;
/** The topics of a vendor that signs in the query, and of one that signs in headers. */
let rawTopics: readonly [TopicName, TopicName];
const folder = mkdtempSync(join(tmpdir(), 'sluice-ingress-'));
let ingress: {
  child: ChildProcess;
  port: number;
  opsPort: number;
  ended: Promise<unknown[]>;
  log: () => string;
};

const fromEnv = (name: string): object => ({ current: { env: name } });
/** JSON is YAML. */
const sourcesFile = (tokens: object): string => {
  const { query, headers } = senders;
  const common = { stream, signed: true, encrypted: true };
  return JSON.stringify({
    sources: [
      {
        ...{ id: 'e', vendor: query.id, ...common, ...query.testing.settings },
        ...{ token: tokens, aesKey: fromEnv('QUERY_KEY') },
        // Pushes of one second share their signature: `writePush` makes nothing up.
        reusedSignatures: 'accept',
      },
      {
        ...{ id: 's', vendor: headers.id, ...common, ...headers.testing.settings },
        ...{ token: fromEnv('HEAD_TOKEN'), aesKey: fromEnv('HEAD_KEY') },
      },
    ],
  });
};

const oldToken = fromEnv('QUERY_TOKEN');

/** Changes a file as a mounted secret changes: at once, and whole. */
function replace(name: string, text: string): void {
  writeFileSync(join(folder, `${name}.new`), text);
  renameSync(join(folder, `${name}.new`), join(folder, name));
}

/** @param own settings next to the usual ones */
function spawnIngress(own: Record<string, string> = {}) {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('SLUICE_'));
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], {
    env: {
      ...Object.fromEntries(inherited),
      SLUICE_OPS_PORT: '0',
      SLUICE_HOST: '127.0.0.1',
      SLUICE_PORT: '0',
      SLUICE_KAFKA_BROKERS: kafkaBrokers.join(','),
      SLUICE_REGISTRY_URL: registryUrl,
      SLUICE_SOURCES_FILE: join(folder, 'sources.yaml'),
      QUERY_TOKEN: senders.query.keys.token,
      QUERY_KEY: senders.query.keys.aesKey ?? '',
      HEAD_TOKEN: senders.headers.keys.token,
      HEAD_KEY: senders.headers.keys.aesKey ?? '',
      ...own,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'close');
  let log = '';
  child.stdout.on('data', (chunk: Buffer) => (log += chunk.toString()));
  return { child, ended, log: () => log };
}

async function startIngress(own?: Record<string, string>) {
  replace('sources.yaml', sourcesFile(oldToken));
  const { child, ended, log } = spawnIngress(own);
  const find = async (form: RegExp): Promise<number> => {
    const deadline = performance.now() + 15_000;
    for (;;) {
      const found = form.exec(log())?.[1];
      if (found !== undefined) return Number(found);
      if (performance.now() > deadline) throw new Error(`Ingress did not log ${String(form)}:\n${log()}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  return {
    child,
    ended,
    log,
    opsPort: await find(/"opsPort":(\d+)/),
    port: await find(/pushes on port (\d+)/),
  };
}

const isReady = async () => (await fetch(`http://127.0.0.1:${ingress.opsPort}/readyz`)).ok;

beforeAll(async () => {
  senders = await loadSenders();
  rawTopics = [rawTopicOf(senders.query.id), rawTopicOf(senders.headers.id)];
  const names: TopicName[] = [...rawTopics, 'raw.heartbeat', 'dead-letter'];
  /** Somebody lowered the limit of one topic. */
  const changed: Partial<Record<TopicName, object>> = { [rawTopics[1]]: { maxMessageBytes: 100_000 } };
  for (const name of names)
    await kafka.topic({
      ...topicSettings(name),
      ...changed[name],
      name: topicOf(stream, name),
      partitions: 2,
    });
  await registerSchemas({ url: registryUrl }, stream);
  ingress = await startIngress();
  const deadline = performance.now() + 10_000;
  while (!(await isReady()) && performance.now() < deadline)
    await new Promise((resolve) => setTimeout(resolve, 20));
});
afterAll(async () => {
  ingress.child.kill('SIGKILL');
  rmSync(folder, { recursive: true });
  for (const topic of ['conversation.v1', 'message.v1', 'rating.v1', 'other.v1', 'dead-letter'] as const)
    await fetch(`${registryUrl}/subjects/${subjectOf(stream, topic)}`, { method: 'DELETE' });
  await kafka.remove();
});

/** A push that is signed now. */
const freshPush = (change: Sent = {}): Push => senders.query.push('e', { atMs: Date.now(), ...change });
const pushFresh = (change?: Sent) => push(ingress.port, freshPush(change));
const underAnother = (): Sent => ({
  keys: { ...senders.query.keys, aesKey: senders.query.otherKeys.aesKey },
});

/** A golden payload of this vendor in which ingress finds the id of a conversation, and the id. */
function withConversation({ id, receiving }: Sender): readonly [Buffer, string] {
  const { opening, form } = receiving.conversationKey;
  for (const { vendor, input } of goldenCases()) {
    const payload = readFileSync(input);
    const [, behind = ''] = payload.toString('latin1').split(opening);
    const found = vendor === id ? form.exec(behind)?.[1] : undefined;
    if (found !== undefined) return [payload, found];
  }
  throw new Error(`No golden payload of ${id} is of a conversation.`);
}

test('what is acknowledged is in Kafka: the decrypted bytes, with where they came from', async () => {
  const { query, headers } = senders;
  const [message, conversationId] = withConversation(query);
  expect(await pushFresh({ payload: message })).toMatchObject({
    status: 200,
    body: query.receiving.acknowledgement,
  });
  const record = headers.payload('hello');
  expect(await push(ingress.port, headers.push('s', { payload: record, atMs: Date.now() }))).toMatchObject({
    status: 200,
    body: headers.receiving.acknowledgement,
  });

  const [fromQuery, ...more] = await kafka.readAll(topicOf(stream, rawTopics[0]));
  expect(more).toEqual([]);
  expect([String(fromQuery!.key), fromQuery!.value]).toEqual([`e/${conversationId}`, message]);
  expect(readRawHeaders(fromQuery!.headers)).toMatchObject({
    sourceId: 'e',
    vendor: query.id,
    keyUsed: 'current',
  });
  const [fromHead] = await kafka.readAll(topicOf(stream, rawTopics[1]));
  expect(fromHead!.value).toEqual(record);
});

test('what cannot be opened is a dead letter of the registered schema, with the original bytes', async () => {
  const sent = freshPush(underAnother());
  expect(await push(ingress.port, sent)).toMatchObject({
    status: 200,
    body: senders.query.receiving.acknowledgement,
  });
  const [record] = await kafka.readAll(topicOf(stream, 'dead-letter'));
  const decode = createDecoder(schemaLookup({ url: registryUrl }));
  expect(await decode('dead-letter', record!.value)).toMatchObject({
    ok: true,
    value: { stage: 'INGRESS', reason: 'UNDECRYPTABLE', source_id: 'e', payload: sent.body },
  });
});

test('the log says why a push was not taken, and the management port has the last ones, found by their id', async () => {
  const ask = async (query: string) => {
    const answer = await fetch(`http://127.0.0.1:${ingress.opsPort}/pushes${query}`);
    return { status: answer.status, text: await answer.text() };
  };
  const { id: vendor, testing, keys } = senders.query;
  const refused = await push(ingress.port, {
    path: `/v1/${vendor}/e?${testing.signed.signature}=aWrongSignature`,
  });
  const undecryptable = await pushFresh({ ...underAnother(), payload: senders.query.payload('x') });
  for (const [answer, expected] of [
    [refused, { kind: 'refused', status: 401, reason: 'signature', deadLetters: [] }],
    [undecryptable, { kind: 'dead-lettered', status: 200, reason: null, deadLetters: ['UNDECRYPTABLE'] }],
  ] as const) {
    const id = String(answer.headers['x-sluice-request-id']);
    const found = JSON.parse((await ask(`?request=${id}`)).text) as RecentPushes;
    expect(found.pushes).toMatchObject([{ requestId: id, source: 'e', address: '127.0.0.1', ...expected }]);
  }
  expect(await ask('?source=nobody')).toMatchObject({
    status: 400,
    text: expect.stringContaining('e, s') as string,
  });
  const lines = ingress
    .log()
    .split('\n')
    .filter((line) => line.includes('"level":"warn"') && line.includes('127.0.0.1'));
  expect(lines.some((line) => line.includes('"reason":"signature"'))).toBe(true);
  expect(lines.some((line) => line.includes('"reason":"UNDECRYPTABLE"'))).toBe(true);
  for (const secret of [keys.token, keys.aesKey, 'aWrongSignature', String(senders.query.payload('x'))])
    expect(ingress.log()).not.toContain(secret);
});

test('what its topic does not take is a dead letter, to be put back as it is', async () => {
  const { headers } = senders;
  const payload = headers.payload('x'.repeat(150_000));
  const answer = await push(ingress.port, headers.push('s', { payload, atMs: Date.now() }));
  expect(answer.status).toBe(200);
  const decode = createDecoder(schemaLookup({ url: registryUrl }));
  const deadLetters = await kafka.readAll(topicOf(stream, 'dead-letter'));
  const decoded = await Promise.all(deadLetters.map(({ value }) => decode('dead-letter', value)));
  const [smaller] = await kafka.readAll(topicOf(stream, rawTopics[1]));
  expect(decoded.filter((one) => one.ok && one.value.reason === 'TOO_LARGE')).toMatchObject([
    {
      ok: true,
      value: {
        stage: 'INGRESS',
        vendor: vendorSymbol(headers.id),
        source_id: 's',
        data_type: readRawHeaders(smaller!.headers)?.dataType,
        topic: topicOf(stream, rawTopics[1]),
        payload,
      },
    },
  ]);
});

test('what the topics really take decides: the log names the topic that takes less than a push may have', async () => {
  await waitUntil('it says so', () => ingress.log().includes('does not fit'));
  expect(ingress.log()).toContain(
    `A push of up to 1048576 bytes does not fit ${topicOf(stream, rawTopics[1])} (max.message.bytes 100000): `,
  );
});

describe('with a higher request limit', () => {
  const mib = 1024 * 1024;
  const limit = (bytes: number) => ({ SLUICE_REQUEST_LIMIT_BYTES: String(bytes) });

  test('it starts when the topics were raised, and takes what they take', async () => {
    const topic = topicOf(stream, rawTopics[0]);
    const raised = { ...topicSettings(rawTopics[0]), maxMessageBytes: 8 * mib };
    await applyTopics(kafka.connection, [{ ...raised, name: topic, replicas: 1 }]);
    const other = await startIngress(limit(4 * mib));
    try {
      const payload = senders.query.payload('y'.repeat(2.5 * mib));
      const answer = await push(other.port, freshPush({ payload }));
      expect(answer).toMatchObject({ status: 200, body: senders.query.receiving.acknowledgement });
      const records = await kafka.readAll(topic);
      expect(records.some(({ value }) => value !== null && payload.equals(value))).toBe(true);
      expect(other.log()).not.toContain(`does not fit ${topic}`);
    } finally {
      other.child.kill('SIGKILL');
      await other.ended;
    }
  });

  test('it starts when a push may fit neither its topic nor the dead letters, and says so', async () => {
    const other = await startIngress(limit(16 * mib));
    await waitUntil('it says so', () => other.log().includes('is not acknowledged'));
    other.child.kill('SIGKILL');
    await other.ended;
    expect(other.log()).toContain(
      `A push of up to 16777216 bytes does not fit ${topicOf(stream, 'dead-letter')} (max.message.bytes 8388608): raise ` +
        'max.message.bytes of the topic to 16842752, or lower SLUICE_REQUEST_LIMIT_BYTES to 8323072. Until then a larger push is not acknowledged.',
    );
  });

  test('it starts without Kafka, and says that nothing was compared', async () => {
    const other = await startIngress({ ...limit(16 * mib), SLUICE_KAFKA_BROKERS: '127.0.0.1:1' });
    await waitUntil('it says so', () => other.log().includes('Kafka did not say'));
    other.child.kill('SIGKILL');
    await other.ended;
    expect(other.log()).toContain('Kafka did not say what its topics take');
  });
});

test('keys change under load: while both live no push is refused, then the former one is', async () => {
  const { keys, payload } = senders.query;
  const { token } = keys;
  const newToken = 'theNewTokenOfTheTests';
  const pushWith = async (key: string) => {
    const body = payload(`${key} at ${performance.now()}`);
    return (await pushFresh({ payload: body, keys: { ...keys, token: key } })).status;
  };
  const statuses: number[] = [];
  const rotation = new AbortController();
  const vendor = (async () => {
    while (!rotation.signal.aborted) statuses.push(await pushWith(token));
  })();
  expect(await pushWith(newToken)).toBe(401);
  replace('token', newToken);
  replace('sources.yaml', sourcesFile({ current: { file: 'token' }, previous: { env: 'QUERY_TOKEN' } }));
  await waitUntil('the new key is taken', async () => (await pushWith(newToken)) === 200);
  rotation.abort();
  await vendor;
  expect([...new Set(statuses)]).toEqual([200]);
  const metrics = await (await fetch(`http://127.0.0.1:${ingress.opsPort}/metrics`)).text();
  const ofToken = 'source="e",secret="token",page=""';
  expect(metrics).toContain(`sluice_ingress_previous_keys{${ofToken},component="ingress"} 1\n`);
  for (const key of ['current', 'previous'])
    expect(metrics).toMatch(
      new RegExp(`^sluice_ingress_keys_used_total\\{${ofToken},key="${key}",.*\\} [1-9]`, 'm'),
    );
  expect(ingress.log()).toContain('the sources changed: e: token.current, token.previous');

  replace('sources.yaml', sourcesFile({ current: { file: 'token' } }));
  await waitUntil('the former key is refused', async () => (await pushWith(token)) === 401);
  expect(await pushWith(newToken)).toBe(200);
  replace('sources.yaml', sourcesFile(oldToken));
  await waitUntil('it is as before', async () => (await pushWith(token)) === 200);
});

test('10,000 made-up sources, paths and data types leave no trace in the metrics', async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  const series = async () => {
    const metrics = await (await fetch(`http://127.0.0.1:${ingress.opsPort}/metrics`)).text();
    return metrics.split('\n').filter((line) => line.startsWith('sluice_')).length;
  };
  const send = (index: number) =>
    push(ingress.port, {
      path: [
        `/v1/${senders.query.id}/made-up-${index}`,
        `/v1/vendor-${index}/e`,
        `/${index}`,
        `/v1/${senders.query.id}/e?dataType=${index}`,
      ][index % 4]!,
      agent,
    });
  const sendAll = async (from: number, to: number) => {
    for (let next = from; next < to; next += 100)
      await Promise.all(Array.from({ length: 100 }, (_, index) => send(next + index)));
  };
  await sendAll(0, 100);
  const before = await series();
  await sendAll(100, 10_100);
  agent.destroy();
  expect(await series()).toBe(before);
});

test('stopped under load it acknowledges nothing that is not in Kafka, and exits 0', async () => {
  const before = (await kafka.readAll(topicOf(stream, rawTopics[0]))).length;
  const acknowledged: string[] = [];
  let stopping = false;
  const client = async (name: string) => {
    for (let count = 0; !stopping; count += 1) {
      const payload = senders.query.payload(`${name}/${count}`);
      const answer = await pushFresh({ payload });
      if (answer.status === 200) acknowledged.push(String(payload));
    }
  };
  const clients = Array.from({ length: 10 }, (_, index) => client(`client ${index}`));
  const deadline = performance.now() + 10_000;
  while (acknowledged.length < 100 && performance.now() < deadline)
    await new Promise((resolve) => setTimeout(resolve, 10));
  ingress.child.kill('SIGTERM');
  // Anybody who is in front learns of the stop from /readyz and sends no more.
  stopping = true;
  await Promise.all(clients);
  expect(await ingress.ended).toEqual([0, null]);
  const stored = (await kafka.readAll(topicOf(stream, rawTopics[0]))).map(({ value }) => String(value));
  expect(stored.length).toBeGreaterThanOrEqual(before + acknowledged.length);
  expect(acknowledged.filter((text) => !stored.includes(text))).toEqual([]);
});
