import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openGateway } from './gateway.ts';

let server: Server;
let base: string;
const asked: string[] = [];
/** What the gateway answers to a credential. */
let statusOf: (credential: string) => number;
/** What the gateway says of the time; without it, the server's own `Date`. */
let headers: Record<string, string>;
beforeEach(async () => {
  asked.length = 0;
  headers = {};
  server = createServer((request, response) => {
    const credential = request.headers.authorization?.slice('Bearer '.length) ?? '';
    asked.push(credential);
    response.writeHead(statusOf(credential), headers).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  jest.restoreAllMocks();
  server.closeAllConnections();
  server.close();
});

const ticket = (lifeMs: number, name: string): string => {
  const claims = { exp: Math.floor((Date.now() + lifeMs) / 1000), name: `${name} ÿ?>` };
  return `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.${name}`;
};

/** A page whose tickets come one after the other. */
function pageWith(...tickets: string[]) {
  return openGateway(base, 'shop', () => tickets.shift() ?? 'none is left');
}

test('whom a ticket names is known as soon as the ticket is, and a token names nobody', async () => {
  statusOf = () => 200;
  const named = (sub: unknown) => `e30.${Buffer.from(JSON.stringify({ sub })).toString('base64url')}.x`;
  const gateway = pageWith(named('小王'));
  expect(gateway.subject()).toBe('');
  await gateway.fetch('js-sdk/config');
  expect(gateway.subject()).toBe('小王');
  for (const token of ['a token of the page', named(7), named(undefined), 'e30.bnVsbA.x'])
    expect(openGateway(base, 'shop', token).subject()).toBe('');
});

test.each([
  ['refused', 401],
  ['lost among too many requests of others', 429],
])('a ticket whose time is over is renewed, also when its request is %s', async (_how, status) => {
  const [over, good] = [ticket(-60_000, 'over'), ticket(60_000, 'good')];
  statusOf = (credential) => (credential === good ? 200 : status);
  expect((await pageWith(over, good).fetch('js-sdk/config')).status).toBe(200);
  expect(asked).toEqual([over, good]);
});

test.each(['a token of the page', ticket(60_000, 'good')])(
  'too many requests with a credential that is good are told, and no other one is asked for',
  async (credential) => {
    statusOf = () => 429;
    expect((await pageWith(credential, 'another').fetch('js-sdk/config')).status).toBe(429);
    expect(asked).toEqual([credential]);
  },
);

describe('how far the clock of the browser is from that of the gateway', () => {
  const hourMs = 3_600_000;
  const said = (aheadMs: number) => ({ date: new Date(Date.now() + aheadMs).toUTCString() });
  const token = 'a token of the page';
  beforeEach(() => (statusOf = () => 204));

  test('nothing is known before the gateway answered, and of one that does not say its time', async () => {
    const gateway = openGateway(base, 'shop', token);
    expect(gateway.clockOffsetMs()).toBe(0);
    headers = { date: 'today' };
    await gateway.fetch('js-sdk/config');
    expect(gateway.clockOffsetMs()).toBe(0);
  });

  test.each([-9 * hourMs, -10_000, 10_000, 26 * hourMs])('%d ms are told as they are', async (aheadMs) => {
    headers = said(aheadMs);
    const gateway = openGateway(base, 'shop', token);
    // Every answer says the time, refusals too.
    statusOf = () => 503;
    await gateway.fetchNow('staff-actions');
    expect(Math.abs(gateway.clockOffsetMs() - aheadMs)).toBeLessThan(2_000);
  });

  test.each([-1_000, 0, 1_000])('%d ms are no difference', async (aheadMs) => {
    headers = said(aheadMs);
    const gateway = openGateway(base, 'shop', token);
    await gateway.fetch('staff-actions');
    expect(gateway.clockOffsetMs()).toBe(0);
  });

  test('a request that took long says nothing, and what was known stays', async () => {
    headers = said(hourMs);
    const gateway = openGateway(base, 'shop', token);
    await gateway.fetch('js-sdk/config');
    headers = said(0);
    // The browser slept between the question and the answer.
    const now = Date.now.bind(Date);
    jest.spyOn(Date, 'now').mockImplementationOnce(() => now() - 8_000);
    await gateway.fetch('staff-actions');
    expect(Math.round(gateway.clockOffsetMs() / hourMs)).toBe(1);
  });

  test('a clock that was set since is unknown until the next answer', async () => {
    headers = said(hourMs);
    const gateway = openGateway(base, 'shop', token);
    await gateway.fetch('js-sdk/config');
    const now = Date.now.bind(Date);
    jest.spyOn(Date, 'now').mockImplementation(() => now() + 2 * hourMs);
    expect(gateway.clockOffsetMs()).toBe(0);
    headers = said(-hourMs);
    await gateway.fetch('staff-actions');
    expect(Math.round(gateway.clockOffsetMs() / hourMs)).toBe(-1);
  });
});
