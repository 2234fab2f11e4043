import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Secret } from '@sluice/service/secret';
import { verifyTicket } from '@sluice/sources/page-ticket';
import { writeTicket } from '@sluice/sources/testing/write-ticket';
import { createApp } from './app.ts';
import type { Panel } from './read-panels.ts';

const nowMs = 1_700_000_000_000;
const ticketKey = 'a ticket key of thirty-two bytes, at least';
const folder = mkdtempSync(join(tmpdir(), 'sluice-agent-panel-'));
const cardsFile = join(folder, 'cards.json');
const panel: Panel = {
  sourceId: 'shop',
  pageId: 'panel',
  stream: 'sluice',
  gateway: 'https://sluice.example.com',
  accessKey: { current: new Secret('an-access-key'), previous: new Secret('an-old-access-key') },
  ticketKey: { current: new Secret(ticketKey), previous: null },
  frameAncestors: ['https://*.example.com'],
  scriptUrl: 'https://es.example.com/open/staff/jssdk-1.0.0.js',
  cardsFile,
  conversationParameter: ['chatData', 'chatRecordId'],
};
const other: Panel = { ...panel, sourceId: 'other', cardsFile: null };

const asked: string[] = [];
const problems: string[] = [];
const used: string[] = [];
let server: Server;
let url: string;
beforeAll(async () => {
  const app = createApp({
    panels: [panel, other],
    assets: { script: 'script', style: 'style' },
    readVisitor(of, visitorId) {
      asked.push(`${of.sourceId} ${visitorId}`);
      return visitorId === 'broken'
        ? Promise.reject(new Error('Elasticsearch answered 500: a secret of the server'))
        : Promise.resolve({ conversations: [], contact: [{ name: 'name', value: '小明' }] });
    },
    nowMs: () => nowMs,
    trustProxy: 0,
    onKeyUsed: ({ sourceId }, key) => used.push(`${sourceId} ${key}`),
    onAnswer: () => undefined,
    onProblem: (message) => problems.push(message),
  });
  server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.close();
  await once(server, 'close');
});
beforeEach(() => {
  asked.length = problems.length = used.length = 0;
});

const ask = (path: string, bearer?: string, method = 'GET'): Promise<Response> =>
  fetch(`${url}${path}`, {
    method,
    ...(bearer === undefined ? {} : { headers: { authorization: `Bearer ${bearer}` } }),
  });
const ticket = (change: object = {}, key = ticketKey): string =>
  writeTicket(
    { sourceId: 'shop', pageId: 'panel', staffId: null, expiresAtMs: nowMs + 60_000, ...change },
    key,
  );

test('which access key opens a panel is told, so that its change can be watched', async () => {
  for (const key of ['an-access-key', 'an-old-access-key', 'another-access-key'])
    await ask('/panels/shop/session', key, 'POST');
  expect(used).toEqual(['shop current', 'shop previous']);
});

test('the page holds no data, and says what it may load and who may frame it', async () => {
  const answer = await ask('/panels/shop/');
  const html = await answer.text();
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-security-policy')).toBe(
    "default-src 'none'; script-src 'self' https://es.example.com; style-src 'self'; img-src https: http:; connect-src 'self' https://sluice.example.com; frame-ancestors https://*.example.com; base-uri 'none'; form-action 'none'",
  );
  expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
  expect(html).not.toMatch(/<script>|style=|onload|an-access-key|a ticket key/);
});

test.each(['an-access-key', 'an-old-access-key'])(
  '%s gives a ticket that is good for the panel, and at the gateway',
  async (key) => {
    const answer = await ask('/panels/shop/session', key, 'POST');
    const { ticket: given } = (await answer.json()) as { ticket: string };
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(await verifyTicket(given, panel.ticketKey, panel, nowMs)).toMatchObject({
      outcome: 'good',
      ticket: { staffId: null },
    });
    expect((await ask('/panels/shop/visitors/web1', given)).status).toBe(200);
  },
);

test.each([
  ['no key', '/panels/shop/session', undefined, 'POST'],
  ['a wrong key', '/panels/shop/session', 'an-access-kex', 'POST'],
  ['an empty key', '/panels/shop/session', '', 'POST'],
  ['a panel that is not there', '/panels/nobody/session', 'an-access-key', 'POST'],
  ['no ticket', '/panels/shop/visitors/web1', undefined, 'GET'],
  ['the key instead of a ticket', '/panels/shop/visitors/web1', 'an-access-key', 'GET'],
  ['a ticket of another source', '/panels/shop/visitors/web1', ticket({ sourceId: 'other' }), 'GET'],
  ['a ticket for another source', '/panels/other/visitors/web1', ticket(), 'GET'],
  ['a ticket of another page', '/panels/shop/cards', ticket({ pageId: 'another' }), 'GET'],
  ['a ticket that was good', '/panels/shop/cards', ticket({ expiresAtMs: nowMs }), 'GET'],
  ['a ticket under another key', '/panels/shop/cards', ticket({}, 'x'.repeat(40)), 'GET'],
])('%s is refused, and nothing is read', async (_name, path, bearer, method) => {
  const answer = await ask(path, bearer, method);
  expect([answer.status, await answer.json()]).toEqual([401, { error: 'unauthorized' }]);
  expect(asked).toEqual([]);
});

test('a visitor is asked for by what is in the path, of the panel alone', async () => {
  const answer = await ask(`/panels/shop/visitors/${encodeURIComponent('web/1?&"')}`, ticket());
  expect(await answer.json()).toMatchObject({ contact: [{ name: 'name', value: '小明' }] });
  expect(asked).toEqual(['shop web/1?&"']);
  expect((await ask(`/panels/shop/visitors/${'x'.repeat(300)}`, ticket())).status).toBe(200);
  expect(asked).toHaveLength(1);
});

test('a store that does not answer is told to the operator, not to the browser', async () => {
  const answer = await ask('/panels/shop/visitors/broken', ticket());
  expect([answer.status, await answer.json()]).toEqual([502, { error: 'unavailable' }]);
  expect(problems).toEqual([expect.stringContaining('a secret of the server')]);
});

test('cards are those that the file has now; one that cannot be used is told with its place', async () => {
  writeFileSync(cardsFile, '[{"eventId":"a","title":"t","price":"¥1"}]');
  expect(await (await ask('/panels/shop/cards', ticket())).json()).toEqual({
    cards: [{ eventId: 'a', title: 't', price: '¥1' }],
  });
  writeFileSync(cardsFile, '[{"eventId":"a","title":"t","imageUrl":"javascript:alert(1)"}]');
  expect((await ask('/panels/shop/cards', ticket())).status).toBe(502);
  expect(problems).toEqual([expect.stringContaining('0.imageUrl')]);
});

test.each(['/', '/panels/', '/panels/nobody/', '/assets/', '/assets/../src/main.ts'])(
  '%s is not there',
  async (path) => {
    expect((await ask(path)).status).toBe(404);
  },
);

test('who guesses too often is told to wait, and takes nothing from who is known', async () => {
  const guesses = await Promise.all(
    Array.from({ length: 61 }, () => ask('/panels/shop/session', 'a-guess', 'POST')),
  );
  const limited = guesses.find(({ status }) => status === 429);
  expect(guesses.every(({ status }) => status === 401 || status === 429)).toBe(true);
  expect(limited?.headers.get('retry-after')).toBe('1');
  expect((await ask('/panels/shop/session', 'an-access-key', 'POST')).status).toBe(200);
});

test('who is known may ask so often in a minute', async () => {
  const answers = await Promise.all(
    Array.from({ length: 601 }, () => ask('/panels/shop/visitors/web1', ticket())),
  );
  expect(answers.filter(({ status }) => status === 429).length).toBeGreaterThan(0);
});
