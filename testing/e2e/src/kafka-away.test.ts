import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { testEndpoints } from '@sluice/dev-servers/test-endpoints';
import { endOffsets } from '@sluice/kafka/topics-admin';
import { topicOf, rawTopicOf } from '@sluice/schemas/topics';
import { developmentVendors, writeSourcesFor } from '@sluice/start/development-sources';
import { freePort, freePorts } from '@sluice/dev-servers/free-port';
import {
  startService,
  stopServices,
  waitUntilReady,
  type RunningService,
  type ServicePlan,
} from '@sluice/start/services';
import { sampleCurl } from '@sluice/start/sample-curl';
import { setUpStream } from '@sluice/start/set-up-stream';
import { removeStream } from '@sluice/start/testing/remove-stream';

const endpoints = testEndpoints();
const stream = `e2e_${randomBytes(5).toString('hex')}`;
const folder = mkdtempSync(join(tmpdir(), 'sluice-e2e-'));
let plan: ServicePlan;
let ingress: RunningService;

/** Ingress with this Kafka, ready. */
async function start(kafkaBrokers: string[]): Promise<void> {
  ingress = startService('ingress', { ...plan, endpoints: { ...endpoints, kafkaBrokers } });
  await waitUntilReady(ingress, plan);
}

beforeAll(async () => {
  await setUpStream(endpoints, stream);
  const [ingressPort = 0, opsPort = 0] = await freePorts(2);
  plan = {
    endpoints,
    stream,
    sourcesFile: writeSourcesFor(stream, folder),
    logFolder: folder,
    ingressPort,
    opsPorts: { ingress: opsPort, normalizer: 0, 'sink-clickhouse': 0, 'sink-elasticsearch': 0 },
  };
  // Nobody listens there.
  await start([`127.0.0.1:${await freePort()}`]);
}, 60_000);
afterAll(async () => {
  await stopServices([ingress]);
  await removeStream(endpoints, stream);
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

const metric = async (name: string): Promise<number> => {
  const text = await (await fetch(`http://127.0.0.1:${ingress.opsPort}/metrics`)).text();
  const found = text.matchAll(new RegExp(`^${name}\\{[^}]*\\} (\\S+)$`, 'gm'));
  return Math.max(...Array.from(found, ([, value]) => Number(value)));
};

async function rawRecords(): Promise<bigint> {
  const connection = { brokers: endpoints.kafkaBrokers, clientId: 'e2e' };
  const ends = await endOffsets(connection, topicOf(stream, rawTopicOf(developmentVendors.first)));
  return [...ends.values()].reduce((sum, end) => sum + end, 0n);
}

test('what ingress acknowledges while Kafka is unavailable is published when Kafka is back', async () => {
  const pushes = 20;
  for (let number = 0; number < pushes; number += 1) {
    // Each with a signature of its own: one that came before with another body would be kept apart.
    const sample = await sampleCurl(`http://127.0.0.1:${plan.ingressPort}`, Date.now());
    const [, url = ''] = /'(http[^']+)'/.exec(sample) ?? [];
    const answer = await fetch(url, { method: 'POST', body: `<xml><msgId>${number}</msgId></xml>` });
    expect([answer.status, await answer.text()]).toEqual([200, 'success']);
  }
  expect(await metric('sluice_spool_records')).toBe(pushes);
  expect(await metric('sluice_kafka_circuit_open')).toBe(1);
  expect(await rawRecords()).toBe(0n);

  await stopServices([ingress]);
  await start(endpoints.kafkaBrokers);
  const deadline = performance.now() + 30_000;
  while ((await rawRecords()) < BigInt(pushes)) {
    if (performance.now() > deadline) throw new Error('The spool was not drained.');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  expect(await rawRecords()).toBe(BigInt(pushes));
  expect(await metric('sluice_spool_records')).toBe(0);
}, 90_000);
