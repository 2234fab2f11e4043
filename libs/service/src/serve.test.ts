import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { serve, type Serving, type Unreadable } from './serve.ts';
import { push } from '../testing/push.ts';

jest.setTimeout(20_000);

const limits = {
  host: '127.0.0.1',
  port: 0,
  maxConnections: 100,
  keepAliveMs: 60_000,
  isReady: () => true,
};
const until = async (holds: () => boolean) => {
  const deadline = performance.now() + 5_000;
  while (!holds() && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(holds()).toBe(true);
};

/** One client that asks again and again over one connection, until it is told that the connection ends. */
async function askUntilClosed(serving: Serving): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  for (let answered = 1; ; answered += 1) {
    const { status, headers, body } = await push(serving.port, { path: '/', body: 'x'.repeat(1_000), agent });
    expect([status, body]).toEqual([200, 'done']);
    if (headers.connection === 'close') return answered;
  }
}

test('a stop under load answers everything that was asked, and resets no connection', async () => {
  let answers = 0;
  const serving = await serve((request, response) => {
    request.resume();
    setTimeout(() => {
      answers += 1;
      response.end('done');
    }, 2);
  }, limits);
  const clients = Array.from({ length: 40 }, () => askUntilClosed(serving));
  await until(() => answers > 400);
  const stopped = serving.stop();
  const counts = await Promise.all(clients);
  await stopped;
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(answers);
});

test('it waits for the answer to a request that is in flight', async () => {
  const { promise: released, resolve: release } = Promise.withResolvers<undefined>();
  let asked = false;
  const serving = await serve((request, response) => {
    if (request.url === '/other') {
      response.end('done');
      return;
    }
    asked = true;
    void released.then(() => response.end('done'));
  }, limits);
  const answer = push(serving.port, { path: '/' });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  await push(serving.port, { path: '/other', agent });
  await until(() => asked);
  let ended = false;
  const stopped = serving.stop().then(() => (ended = true));
  // Another client that is connected is answered meanwhile, so the stop has had its time.
  const { headers } = await push(serving.port, { path: '/other', agent });
  expect([headers.connection, ended]).toEqual(['close', false]);
  release(undefined);
  expect((await answer).headers.connection).toBe('close');
  await stopped;
});

test('nobody can connect after a stop began, while who is connected can ask again', async () => {
  const serving = await serve((_, response) => response.end('done'), limits);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  await push(serving.port, { path: '/', agent });
  const stopped = serving.stop();
  const isRefused = () =>
    push(serving.port, { path: '/' }).then(
      () => false,
      (error: unknown) => String(error).includes('ECONNREFUSED'),
    );
  let connected = 0;
  while (!(await isRefused())) connected += 1;
  // Those that the kernel had taken; in the second for which connections stay open there would be hundreds.
  expect(connected).toBeLessThan(50);
  const { status, headers } = await push(serving.port, { path: '/', agent });
  expect([status, headers.connection]).toEqual([200, 'close']);
  await stopped;
});

test('idle connections give way to new ones, the longest idle first', async () => {
  const serving = await serve((_, response) => response.end('done'), { ...limits, maxConnections: 10 });
  const agents = Array.from({ length: 9 }, () => new Agent({ keepAlive: true, maxSockets: 1 }));
  for (const agent of agents) await push(serving.port, { path: '/', agent });
  // The first one is idle for less long than the others.
  await push(serving.port, { path: '/', agent: agents[0]! });
  const open = () => agents.map(({ freeSockets }) => Object.keys(freeSockets).length);
  for (let count = 0; count < 8; count += 1)
    expect((await push(serving.port, { path: '/', agent: new Agent({ keepAlive: true }) })).status).toBe(200);
  await until(() => open().join('') === '100000000');
  await serving.stop();
});

test('a connection is not idle while one of the requests that it sent at once has no answer', async () => {
  let release: (() => void) | undefined;
  const serving = await serve(
    (request, response) => {
      if (request.url === '/held') release = () => response.end('held');
      else response.end('done');
    },
    { ...limits, maxConnections: 2 },
  );
  const client = connect(serving.port, '127.0.0.1').setEncoding('utf8');
  let answers = '';
  client.on('data', (text: string) => (answers += text));
  client.write('POST /first HTTP/1.1\r\nhost: x\r\n\r\nPOST /held HTTP/1.1\r\nhost: x\r\n\r\n');
  await until(() => answers.includes('done') && release !== undefined);
  await push(serving.port, { path: '/' });
  release?.();
  await until(() => answers.includes('held'));
  client.destroy();
  await serving.stop();
});

test.each([
  ['GET', true, 200, 'ok\n'],
  ['GET', false, 503, 'unavailable\n'],
  ['HEAD', true, 200, ''],
])('a health check by %s, ready: %s, is answered with %d', async (method, isReady, status, body) => {
  let asked = 0;
  const serving = await serve(() => (asked += 1), { ...limits, isReady: () => isReady });
  const answer = await push(serving.port, { path: '/', method });
  expect([answer.status, answer.body, asked]).toEqual([status, body, 0]);
  await serving.stop();
});

test('a health check fails once it stops', async () => {
  const serving = await serve(() => undefined, limits);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  await push(serving.port, { path: '/', method: 'GET', agent });
  const stopped = serving.stop();
  expect((await push(serving.port, { path: '/', method: 'GET', agent })).status).toBe(503);
  await stopped;
});

const hasIpv6 = Object.values(networkInterfaces()).some((all) =>
  all?.some(({ address }) => address === '::1'),
);
// Where there is no IPv6, there is nothing to listen on.
(hasIpv6 ? test : test.skip)('without a host it listens on IPv6, and IPv4 can reach it', async () => {
  const serving = await serve(({ socket }, response) => response.end(socket.remoteAddress), {
    ...limits,
    host: undefined,
  });
  const answers = ['::1', '127.0.0.1'].map((host) => push(serving.port, { path: '/', host }));
  expect((await Promise.all(answers)).map(({ body }) => body)).toEqual(['::1', '::ffff:127.0.0.1']);
  await serving.stop();
});

test('a flood of new connections does not hold up the stop', async () => {
  const serving = await serve((_, response) => response.end('done'), limits);
  let ended = false;
  const flood = (): void => {
    if (ended) return;
    // The flood is of this process, so that the loop accepts some of it in each turn.
    const socket = connect(serving.port, '127.0.0.1');
    socket.on('error', () => undefined).once('connect', () => socket.destroy());
    setImmediate(flood);
  };
  flood();
  await serving.stop();
  ended = true;
});

test('who has connected before the stop is answered, though nobody had time to accept them', async () => {
  const serving = await serve((_, response) => response.end('done'), limits);
  const answers = Array.from({ length: 20 }, () => push(serving.port, { path: '/' }));
  // They connect in the next tick; the loop, in which they would be accepted, does not turn before the stop.
  await new Promise<void>((resolve) => process.nextTick(resolve));
  const stopped = serving.stop();
  for (const { status, headers } of await Promise.all(answers))
    expect([status, headers.connection]).toEqual([200, 'close']);
  await stopped;
});

test.each([
  ['that the listener never read', () => undefined],
  [
    'that the listener has begun to read',
    (request: IncomingMessage) => void request.once('data', () => request.pause()),
  ],
])('a client that is refused before the end of its body, %s, can send all of it', async (_what, begin) => {
  const serving = await serve((request, response) => {
    begin(request);
    response.writeHead(413).end('too large');
  }, limits);
  // It continues to send after the answer, and after the server's end of the connection.
  const client = connect({ host: '127.0.0.1', port: serving.port, allowHalfOpen: true }).setEncoding('utf8');
  const part = Buffer.alloc(500_000, 'x');
  client.write(
    `POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: ${40 * part.length}\r\n\r\n`,
  );
  client.write(part);
  const [answer] = (await once(client, 'data')) as [string];
  expect(answer).toMatch(/^HTTP\/1.1 413 /);
  // A connection that were reset meanwhile would reject here.
  for (let sent = 1; sent < 40; sent += 1)
    await new Promise<void>((resolve, reject) =>
      client.write(part, (failed) => (failed ? reject(failed) : resolve())),
    );
  client.end();
  await once(client, 'close');
  await serving.stop();
});

test('connections that ask nothing, or never finish asking, do not hold up the stop', async () => {
  const serving = await serve((request, response) => {
    request.on('error', () => undefined).once('end', () => response.end('done'));
    request.resume();
  }, limits);
  const idle = connect(serving.port, '127.0.0.1');
  const unfinished = connect(serving.port, '127.0.0.1');
  for (const socket of [idle, unfinished]) socket.on('error', () => undefined);
  await Promise.all([once(idle, 'ready'), once(unfinished, 'ready')]);
  unfinished.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\n123');
  await push(serving.port, { path: '/' });
  const startedAt = performance.now();
  await serving.stop();
  expect(performance.now() - startedAt).toBeLessThan(8_000);
});

test.each([
  ['no HTTP', 'a line\r\n\r\n', 400],
  ['a head that is too large', `GET / HTTP/1.1\r\nhost: x\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
])('%s is answered with an id, and reported', async (_what, sent, status) => {
  const told: Unreadable[] = [];
  const serving = await serve(
    (_, response) => response.end('done'),
    limits,
    (one) => told.push(one),
  );
  const socket = connect(serving.port, '127.0.0.1');
  let answer = '';
  socket.on('error', () => undefined).on('data', (part) => (answer += part.toString()));
  socket.write(sent);
  await once(socket, 'close');
  const [, id] = /^x-sluice-request-id: (.+)$/m.exec(answer.replaceAll('\r', '')) ?? [];
  expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  expect(told).toEqual([{ requestId: id, status, address: '127.0.0.1' }]);
  await serving.stop();
});

test('a body that breaks off is answered with the id that its request has, and reported by the listener alone', async () => {
  const told: Unreadable[] = [];
  const serving = await serve(
    (request) => {
      request.headers['x-sluice-request-id'] = 'the id of the listener';
      request.on('error', () => undefined).resume();
    },
    limits,
    (one) => told.push(one),
  );
  const socket = connect(serving.port, '127.0.0.1');
  let answer = '';
  socket.on('error', () => undefined).on('data', (part) => (answer += part.toString()));
  socket.write('POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nno length\r\n');
  await once(socket, 'close');
  expect(answer).toMatch(/^HTTP\/1.1 400 [^]*x-sluice-request-id: the id of the listener\r\n/);
  expect(told).toEqual([]);
  await serving.stop();
});

test('a port that is taken rejects', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as { port: number };
  await expect(serve(() => undefined, { ...limits, port })).rejects.toThrow('EADDRINUSE');
  other.close();
});

test('abort() ends a stop that an answer holds up, and says how many are without one', async () => {
  let asked = false;
  const serving = await serve(() => (asked = true), limits);
  const broken = expect(push(serving.port, { path: '/' })).rejects.toThrow('socket hang up');
  await until(() => asked);
  const stopped = serving.stop();
  expect(serving.abort()).toBe(1);
  await Promise.all([stopped, broken]);
});
