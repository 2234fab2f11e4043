import { rawTopics } from '@sluice/vendors/topics';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { RecentPush, RecentPushes } from '@sluice/raw-event/recent-pushes';
import { startStatusPage, type RunningStatusPage, type Status } from './status-page.ts';

const [oneRaw = '', otherRaw = ''] = rawTopics;

/** What the services' management ports say. */
const metrics: Record<string, string> = {
  ingress: `# TYPE sluice_ingress_requests_total counter
sluice_ingress_requests_total{source="a",outcome="published",component="ingress"} 40
sluice_ingress_requests_total{source="a",outcome="dead-lettered",component="ingress"} 2
sluice_ingress_requests_total{source="a",outcome="repeated",component="ingress"} 3
sluice_ingress_requests_total{source="",outcome="refused",component="ingress"} 7
sluice_ingress_refusals_total{source="a",reason="signature",component="ingress"} 7
sluice_dead_letters_total{stage="INGRESS",reason="UNDECRYPTABLE",component="ingress"} 2`,
  normalizer: `sluice_records_total{topic="s.${oneRaw}",outcome="normalized"} 30
sluice_records_total{topic="s.${otherRaw}",outcome="normalized"} 9
sluice_records_total{topic="s.${otherRaw}",outcome="dead-lettered"} 1
sluice_records_total{topic="s.raw.heartbeat",outcome="normalized"} 500
sluice_events_total{topic="message.v1",vendor="acme"} 70
sluice_events_total{topic="heartbeat.v1",vendor="acme"} 500
sluice_dead_letters_total{stage="NORMALIZER",reason="NOT_XML"} 1
sluice_consumer_lag_records{topic="s.${oneRaw}",partition="0"} 3`,
  'sink-clickhouse': `sluice_records_total{topic="s.message.v1",outcome="written"} 70
sluice_records_total{topic="s.heartbeat.v1",outcome="written"} 500`,
  'sink-elasticsearch': `sluice_records_total{topic="s.message.v1",outcome="written"} 69
sluice_records_total{topic="s.message.v1",outcome="stale"} 1`,
};
const push = (change: Partial<RecentPush>): RecentPush => ({
  atMs: 1,
  requestId: 'a request',
  source: 'a',
  address: '127.0.0.1',
  kind: 'acknowledged',
  outcome: 'published',
  status: 200,
  reason: null,
  deadLetters: [],
  ...change,
});
const recent: RecentPushes = {
  sinceMs: 0,
  pushes: [
    push({ requestId: 'good' }),
    push({ requestId: 'refused', kind: 'refused', status: 401, reason: 'signature' }),
    push({ requestId: 'letter', kind: 'dead-lettered', deadLetters: ['UNDECRYPTABLE'] }),
  ],
};

let services: Server[];
let page: RunningStatusPage;
const link = { title: '服务 A server', url: 'http://127.0.0.1:1/', hint: 'a hint' };

async function serveOps(name: string): Promise<readonly [string, number]> {
  const server = createServer((request, response) => {
    if (request.url === '/metrics') response.end(metrics[name]);
    else if (request.url === '/pushes' && name === 'ingress') response.end(JSON.stringify(recent));
    else response.writeHead(404).end();
  });
  services.push(server.listen(0, '127.0.0.1'));
  await once(server, 'listening');
  return [name, (server.address() as AddressInfo).port];
}

beforeEach(async () => {
  services = [];
  const opsPorts = Object.fromEntries(await Promise.all(Object.keys(metrics).map(serveOps)));
  page = await startStatusPage({
    port: 0,
    stream: 's',
    opsPorts: { ...opsPorts, 'agent-panel': 1 } as unknown as Parameters<
      typeof startStatusPage
    >[0]['opsPorts'],
    links: [link],
  });
});
afterEach(async () => {
  await page.close();
  for (const server of services) server.close();
});

const state = async (): Promise<Status> => (await (await fetch(`${page.url}/state`)).json()) as Status;

test('it shows what went through each step, without heartbeats, and the last pushes, good and bad', async () => {
  const { counts, pushes, silent, links } = await state();
  expect(counts).toEqual({
    acknowledged: 45,
    repeated: 3,
    notTaken: 7,
    raw: 40,
    events: 70,
    stored: { clickhouse: 70, elasticsearch: 70 },
    deadLetters: 3,
    waiting: 3,
  });
  const ids = Object.entries(pushes).map(([name, some]) => [name, some.map(({ requestId }) => requestId)]);
  expect(Object.fromEntries(ids)).toEqual({
    taken: ['good'],
    deadLettered: ['letter'],
    notTaken: ['refused'],
  });
  expect([silent, links]).toEqual([[], [link]]);
});

test('a service that is unavailable is named, and its figures are missing, not wrong', async () => {
  services[1]?.closeAllConnections();
  services[1]?.close();
  const { counts, silent } = await state();
  expect(silent).toEqual(['normalizer']);
  expect(counts).toMatchObject({
    acknowledged: 45,
    raw: null,
    events: null,
    deadLetters: null,
    stored: { clickhouse: 70 },
  });
});

test('the page loads nothing from elsewhere, and a request from elsewhere gets a message', async () => {
  const answer = await fetch(page.url);
  const html = await answer.text();
  expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(html).not.toMatch(/(?:src|href)="|@import|url\(/);
  expect((await fetch(`${page.url}/other`)).status).toBe(404);
});
