import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openGateway } from './gateway.ts';

let server: Server;
let base: string;
const asked: string[] = [];
/** What the gateway answers to a credential. */
let statusOf: (credential: string) => number;
beforeEach(async () => {
  asked.length = 0;
  server = createServer((request, response) => {
    const credential = request.headers.authorization?.slice('Bearer '.length) ?? '';
    asked.push(credential);
    response.writeHead(statusOf(credential)).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
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
