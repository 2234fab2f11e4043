import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { connect } from './connect.ts';

const hourMs = 3_600_000;
const batches: { actions: Record<string, unknown>[] }[] = [];
let statuses: number[];
let aheadMs: number;
let server: Server;

/** A workbench that takes every page, a page without a disk, and a gateway whose clock is another one. */
beforeEach(async () => {
  [batches.length, statuses, aheadMs] = [0, [], 0];
  const events = new EventTarget();
  const browser = {
    SDK_VERSION: '1',
    echatSDK: { config: () => undefined, ready: (taken: () => void) => taken(), error: () => undefined },
    addEventListener: events.addEventListener.bind(events),
    document: events,
    navigator: {},
  };
  for (const [name, value] of Object.entries(browser))
    Object.defineProperty(globalThis, name, { value, configurable: true });
  server = createServer((request, response) => {
    void (async () => {
      const body = await text(request);
      const date = new Date(Date.now() + aheadMs).toUTCString();
      if (request.method === 'GET') {
        const signed = { timestamp: '1', nonce: 'n', signature: 's', expiresAt: Date.now() + hourMs };
        response.writeHead(200, { date }).end(JSON.stringify(signed));
        return;
      }
      batches.push(JSON.parse(body) as (typeof batches)[number]);
      response.writeHead(statuses.shift() ?? 204, { date }).end();
    })();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
  for (const name of ['SDK_VERSION', 'echatSDK', 'addEventListener', 'document'])
    Reflect.deleteProperty(globalThis, name);
});

const open = () =>
  connect({
    gateway: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    source: 'shop',
    credential: 'a token of the page',
  });

test('an action says how far its clock was from the gateway, and says the same when it is sent again', async () => {
  aheadMs = hourMs;
  statuses = [503];
  const before = Date.now();
  const sdk = await open();
  await sdk.flush();
  // What the gateway says by now is of other actions.
  aheadMs = 0;
  await sdk.flush();
  expect(batches).toHaveLength(2);
  const [first, again] = batches.map(({ actions }) => actions[0] ?? {});
  expect(again).toEqual(first);
  expect(first?.action).toBe('connect');
  const { at, clockOffsetMs } = first as { at: number; clockOffsetMs: number };
  expect(at - before).toBeLessThan(10_000);
  expect(Math.abs(clockOffsetMs - hourMs)).toBeLessThan(2_000);
});

test('an action of a clock that is right says nothing of it', async () => {
  const sdk = await open();
  await sdk.flush();
  expect(batches[0]?.actions[0]).not.toHaveProperty('clockOffsetMs');
});
