import { createHmac } from 'node:crypto';
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { registerSchemas } from '@sluice/canonical-event/registry';
import { scratchKafka } from '@sluice/kafka/testing/scratch-kafka';
import { waitUntil } from '@sluice/kafka/testing/wait-until';
import { readRawHeaders } from '@sluice/raw-event/raw-headers';
import { subjectOf, topicOf, topicSettings, type TopicName } from '@sluice/schemas/topics';
import { useNormalize } from '../testing/golden-source.ts';

jest.setTimeout(60_000);

const { kafkaBrokers, registryUrl } = JSON.parse(process.env.SLUICE_TEST_ENDPOINTS ?? '{}') as {
  kafkaBrokers: string[];
  registryUrl: string;
};
const kafka = scratchKafka();
const stream = kafka.name();
const names: readonly TopicName[] = ['raw.zendesk', 'raw.heartbeat', 'dead-letter'];
const folder = mkdtempSync(join(tmpdir(), 'sluice-zendesk-'));
const secret = 'the signing secret of a webhook, of some length';
const normalize = useNormalize();
let ingress: { child: ChildProcess; port: number } | undefined;

/** The process as it is deployed: services are started, and not imported here. */
async function startIngress(): Promise<{ child: ChildProcess; port: number }> {
  const file = join(folder, 'sources.yaml');
  writeFileSync(
    file,
    `sources: [{ id: z, vendor: zendesk, stream: ${stream}, signed: true, encrypted: false,
      accountIds: ['22129848'], token: { current: { env: ZENDESK_SECRET } } }]`,
  );
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('SLUICE_'));
  const child = spawn(process.execPath, [join(import.meta.dirname, '../../services/ingress/src/main.ts')], {
    env: {
      ...Object.fromEntries(inherited),
      SLUICE_OPS_PORT: '0',
      SLUICE_HOST: '127.0.0.1',
      SLUICE_PORT: '0',
      SLUICE_KAFKA_BROKERS: kafkaBrokers.join(','),
      SLUICE_REGISTRY_URL: registryUrl,
      SLUICE_SOURCES_FILE: file,
      ZENDESK_SECRET: secret,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let log = '';
  child.stdout.on('data', (chunk: Buffer) => (log += chunk.toString()));
  const portIn = (form: RegExp): string | undefined => form.exec(log)?.[1];
  ingress = { child, port: 0 };
  await waitUntil('ingress listens', async () => {
    const opsPort = portIn(/"opsPort":(\d+)/);
    if (opsPort === undefined || portIn(/pushes on port (\d+)/) === undefined) return false;
    return (await fetch(`http://127.0.0.1:${opsPort}/readyz`)).ok;
  });
  return { child, port: Number(portIn(/pushes on port (\d+)/)) };
}

beforeAll(async () => {
  for (const name of names)
    await kafka.topic({ ...topicSettings(name), name: topicOf(stream, name), partitions: 1 });
  await registerSchemas({ url: registryUrl }, stream);
  ingress = await startIngress();
});
afterAll(async () => {
  ingress?.child.kill('SIGKILL');
  rmSync(folder, { recursive: true });
  for (const topic of ['ticket.v1', 'message.v1', 'other.v1', 'dead-letter'] as const)
    await fetch(`${registryUrl}/subjects/${subjectOf(stream, topic)}`, { method: 'DELETE' });
  await kafka.remove();
});

async function push(body: Buffer, signed = body): Promise<{ status: number; text: string }> {
  const timestamp = `${new Date().toISOString().slice(0, 19)}Z`;
  const answer = await fetch(`http://127.0.0.1:${ingress?.port}/v1/zendesk/z`, {
    method: 'POST',
    body: new Uint8Array(body),
    headers: {
      'content-type': 'application/json',
      'x-zendesk-webhook-signature': createHmac('sha256', secret)
        .update(timestamp)
        .update(signed)
        .digest('base64'),
      'x-zendesk-webhook-signature-timestamp': timestamp,
    },
  });
  return { status: answer.status, text: await answer.text() };
}

test('a webhook that is acknowledged is in Kafka, byte for byte, and becomes its event; a forged one is nowhere', async () => {
  const body = readFileSync(join(import.meta.dirname, 'fixtures/ticket.created-sample/input.json'));
  expect(await push(Buffer.from(body.toString().replace('5158', '5159')), body)).toEqual({
    status: 401,
    text: 'unauthorized',
  });
  expect(await push(body)).toEqual({ status: 200, text: '' });

  const [record, ...more] = await kafka.readAll(topicOf(stream, 'raw.zendesk'));
  expect(more).toEqual([]);
  const headers = readRawHeaders(record!.headers);
  expect([String(record!.key), record!.value?.equals(body)]).toEqual(['z/5158', true]);
  expect(headers).toMatchObject({
    sourceId: 'z',
    vendor: 'zendesk',
    dataType: 'ticket.created',
    signed: true,
  });
  expect(await kafka.readAll(topicOf(stream, 'dead-letter'))).toEqual([]);
  const { events } = normalize('zendesk', 'ticket.created', record!.value!, { headers: headers! });
  expect(events).toMatchObject([
    { topic: 'ticket.v1', value: { meta: { event_type: 'ticket.created' }, ticket_id: '5158' } },
  ]);
});
