import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testEndpoints } from '@sluice/dev-servers/test-endpoints';
import {
  freePort,
  startService,
  stopServices,
  type RunningService,
  type ServicePlan,
} from '@sluice/start/services';
import { sampleCurl } from '@sluice/start/sample-curl';
import { root } from './system.ts';

let ingress: RunningService;
let plan: ServicePlan;
beforeAll(async () => {
  const [ingressPort, opsPort, brokerPort] = await Promise.all([freePort(), freePort(), freePort()]);
  plan = {
    // Nobody listens there.
    endpoints: { ...testEndpoints(), kafkaBrokers: [`127.0.0.1:${brokerPort}`] },
    stream: 'sluice',
    sourcesFile: join(root, 'config/sources.yaml'),
    logFolder: mkdtempSync(join(tmpdir(), 'sluice-e2e-')),
    ingressPort,
    opsPorts: { ingress: opsPort, normalizer: 0, 'sink-clickhouse': 0, 'sink-elasticsearch': 0 },
  };
  ingress = startService('ingress', plan);
  await answering(`http://127.0.0.1:${ingressPort}/`);
}, 60_000);
afterAll(() => stopServices([ingress]));

test('ingress starts while Kafka is away, says so, and acknowledges nothing', async () => {
  const ready = await fetch(`http://127.0.0.1:${ingress.opsPort}/readyz`);
  expect([ready.status, await ready.text()]).toEqual([
    503,
    expect.stringContaining('Kafka has not answered yet'),
  ]);

  const [, url = ''] =
    /'(http[^']+)'/.exec(sampleCurl(`http://127.0.0.1:${plan.ingressPort}`, Date.now())) ?? [];
  const answer = await fetch(url, { method: 'POST', body: '<xml/>' });
  expect([answer.status, await answer.text(), answer.headers.get('retry-after')]).toEqual([
    503,
    'try again later',
    '5',
  ]);
});

async function answering(url: string): Promise<void> {
  const deadline = performance.now() + 30_000;
  for (;;) {
    try {
      await fetch(url);
      return;
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
