import { once } from 'node:events';
import { Agent } from 'node:http';
import { connect, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { Admission, defaultAdmissionLimits } from './admission.ts';
import { limitBytes, nowMs, startApp, type StartedApp } from '../testing/start-app.ts';
import type { Push } from '@sluice/service/testing/push';
import { loadSenders, type Sender } from '../testing/senders.ts';
import { pathSecret } from '../testing/test-sources.ts';

/** A vendor that signs in the query: any body passes under its signature. */
let sender: Sender;
let path: string;
/** Signed again: another body under the same signature is kept apart. */
let otherPath: string;
let openPath: string;
let app: StartedApp;
const sockets: Socket[] = [];
beforeAll(async () => {
  const senders = await loadSenders();
  sender = senders.query;
  path = signedPath(nowMs);
  otherPath = signedPath(nowMs - 1_000);
  openPath = `/v1/${senders.headers.id}/open/${pathSecret}`;
});
beforeEach(async () => {
  app = await startApp();
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await app.serving.stop();
});

const signedPath = (atMs: number): string => sender.push('plain', { atMs }).path;
const parts = (size: number) => Array.from({ length: size / 512 }, () => Buffer.alloc(512, 'x'));

test.each<[string, () => Push, number]>([
  ['a body at the limit', () => ({ path, body: Buffer.alloc(limitBytes, 'x') }), 200],
  ['a body one byte over it', () => ({ path, body: Buffer.alloc(limitBytes + 1, 'x') }), 413],
  ['a body far over it', () => ({ path, body: Buffer.alloc(200 * limitBytes, 'x') }), 413],
  ['a chunked body at the limit', () => ({ path, body: parts(limitBytes) }), 200],
  ['a chunked body over it', () => ({ path, body: parts(2 * limitBytes) }), 413],
  [
    'a body of any type',
    () => ({ path, body: 'x', headers: { 'content-type': 'text/html; charset=odd' } }),
    200,
  ],
  ['a path that is wrongly encoded', () => ({ path: `/v1/${sender.id}/%E0%A4%A` }), 400],
  ['a query that is wrongly encoded', () => ({ path: `/v1/${sender.id}/plain?nonce=%E0%A4%A` }), 401],
  ['a long path', () => ({ path: `/v1/${sender.id}/${'x'.repeat(10_000)}` }), 401],
])('%s', async (_name, push, status) => {
  const answer = await app.push(push());
  const texts: Readonly<Record<number, string>> = {
    200: sender.receiving.acknowledgement,
    400: 'bad request',
    401: 'unauthorized',
    413: 'too large',
  };
  expect({ status: answer.status, body: answer.body }).toEqual({ status, body: texts[status] });
  expect(app.publisher.records).toHaveLength(status === 200 ? 1 : 0);
  expect(answer.headers).not.toHaveProperty('x-powered-by');
});

test.each([
  'UTF-8',
  'utf8',
  'gb2312',
  'identity',
  'none',
  '',
  'utf-8, identity',
  'gzip',
  'br',
  'GZIP, deflate',
])('a body is kept as it came, never inflated, whatever content-encoding says: %s', async (coding) => {
  for (const [at, body] of [Buffer.from('<xml/>'), gzipSync('<xml/>')].entries()) {
    const signed = signedPath(nowMs - at * 1_000);
    const headers = { 'content-encoding': coding };
    expect((await app.push({ path: signed, body, headers })).status).toBe(200);
    expect(app.publisher.records[at]?.value).toEqual(body);
  }
});

test.each<[string, () => Push]>([
  ['by its length', () => ({ path, body: Buffer.alloc(200 * limitBytes, 'x') })],
  ['in chunks', () => ({ path, body: parts(200 * limitBytes) })],
])('the connection of a body that is too large, %s, takes the next push', async (_name, large) => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  expect((await app.push({ ...large(), agent })).status).toBe(413);
  expect((await app.push({ path, body: '<xml/>', agent })).status).toBe(200);
  agent.destroy();
});

test('a path beyond what the head may hold is refused before it is looked at', async () => {
  expect((await app.push({ path: `/v1/${sender.id}/${'x'.repeat(20_000)}` })).status).toBe(431);
  expect(app.outcomes).toEqual([]);
});

test('an unauthenticated push is refused without its body being read', async () => {
  const socket = open(
    `POST /v1/${sender.id}/plain HTTP/1.1\r\nhost: x\r\ncontent-length: ${limitBytes}\r\n\r\n`,
  );
  const [answer] = (await once(socket, 'data')) as [Buffer];
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 401 /);
});

test('a push that breaks off is not kept, and the next one is answered', async () => {
  const socket = open(`POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n<xml>`);
  await once(socket, 'ready');
  socket.end();
  await until(() => app.outcomes.length === 1);
  expect(app.outcomes).toEqual(['plain malformed']);
  expect(app.publisher.records).toEqual([]);
  expect((await app.push({ path, body: '<xml/>' })).status).toBe(200);
});

test('pushes that come slowly take no turn of the others of their source', async () => {
  const shared = await startApp({
    admission: new Admission({ ...defaultAdmissionLimits, sharedRequests: 1, waitingRequests: 1 }),
  });
  await shared.push({ path: openPath, body: '{"type":"msg","content":[]}' });
  for (let count = 0; count < 5; count += 1)
    open(`POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-length: 6\r\n\r\n<x`, shared.serving.port);
  await until(() => shared.serving.unanswered() === 5);
  expect((await shared.push({ path: otherPath, body: '<other/>' })).status).toBe(200);
  for (const socket of sockets.splice(0)) socket.destroy();
  await shared.serving.stop();
});

test('a push that comes slowly holds up nobody, and is taken when it is whole', async () => {
  const socket = open(`POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-length: 6\r\n\r\n<x`);
  await once(socket, 'ready');
  expect((await app.push({ path: otherPath, body: '<other/>' })).status).toBe(200);
  socket.write('ml/>');
  await once(socket, 'data');
  expect(app.publisher.records.map(({ value }) => value.toString())).toEqual(['<other/>', '<xml/>']);
});

test('bodies that are begun and not finished hold no more than their bound, half of it for one source', async () => {
  const bounded = await startApp({
    admission: new Admission({ ...defaultAdmissionLimits, bodyBytes: 4 * limitBytes }),
  });
  const begun = Array.from({ length: 8 }, () =>
    open(
      `POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-length: ${limitBytes}\r\n\r\n<xml>`,
      bounded.serving.port,
    ),
  );
  await until(() => bounded.refusals.length === 6);
  expect(new Set(bounded.refusals)).toEqual(new Set(['plain overloaded']));
  const answer = await bounded.push({ path, body: '<xml/>' });
  expect([answer.status, answer.headers['retry-after']]).toEqual([503, '1']);
  // Without a length a body counts as the largest one.
  expect((await bounded.push({ path, body: [Buffer.from('<xml/>')] })).status).toBe(503);
  expect((await bounded.push({ path: openPath, body: '{"type":"msg","content":[]}' })).status).toBe(200);
  for (const socket of begun) socket.destroy();
  await until(() => bounded.outcomes.filter((outcome) => outcome === 'plain malformed').length === 2);
  expect((await bounded.push({ path, body: '<xml/>' })).status).toBe(200);
  await bounded.serving.stop();
});

test('a push whose client goes while it waits for its turn is not kept, and its place in the line is free', async () => {
  const shared = await startApp({
    admission: new Admission({ ...defaultAdmissionLimits, sharedRequests: 1, waitingRequests: 1 }),
  });
  const { port } = shared.serving;
  await shared.push({ path: openPath, body: '{"type":"msg","content":[]}' });
  shared.publisher.hold();
  const first = shared.push({ path, body: '<xml/>' });
  await until(() => shared.serving.unanswered() === 1);
  const second = open(`POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n<second/>`, port);
  await until(() => shared.serving.unanswered() === 2);
  second.destroy();
  await until(() => shared.serving.unanswered() === 1);
  // The line has one place, and it is free.
  const third = shared.push({ path: otherPath, body: '<third/>' });
  await until(() => shared.serving.unanswered() === 2);
  shared.publisher.release();
  expect([(await first).status, (await third).status]).toEqual([200, 200]);
  expect(shared.publisher.records.map(({ value }) => value.toString()).slice(1)).toEqual([
    '<xml/>',
    '<third/>',
  ]);
  await shared.serving.stop();
});

test('what is no HTTP is refused, and harms nobody', async () => {
  const socket = open('\x16\x03\x01 this is no HTTP\r\n\r\n');
  const [answer] = (await once(socket, 'data')) as [Buffer];
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 400 /);
  expect((await app.push({ path, body: '<xml/>' })).status).toBe(200);
});

/** What a proxy in front might read as one request with what follows it, and Node as two. */
test.each([
  ['both a length and chunks', `content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`],
  ['two lengths', `content-length: 0\r\ncontent-length: 6\r\n\r\n`],
  ['a length that is no number', `content-length: +6\r\n\r\n`],
  ['chunks that are not the last coding', `transfer-encoding: chunked, gzip\r\n\r\n0\r\n\r\n`],
  ['a blank before the colon', `content-length : 6\r\n\r\n`],
  ['a header that is folded', `x-a: b\r\n content-length: 6\r\n\r\n`],
  ['a chunk whose size is no number', `transfer-encoding: chunked\r\n\r\n0x6\r\n<xml/>\r\n0\r\n\r\n`],
])('a request with %s is refused, and nothing behind it is read', async (_name, rest) => {
  const smuggled = `POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-length: 6\r\n\r\n<xml/>`;
  const socket = open(`POST ${path} HTTP/1.1\r\nhost: x\r\n${rest}${smuggled}`);
  let answers = '';
  socket.on('data', (bytes: Buffer) => (answers += bytes.toString()));
  await once(socket, 'close');
  expect(answers.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 400']);
  expect(app.publisher.records).toEqual([]);
});

function open(text: string, port = app.serving.port): Socket {
  const socket = connect(port, '127.0.0.1');
  sockets.push(socket);
  socket.on('error', () => undefined);
  socket.write(text);
  return socket;
}

async function until(holds: () => boolean): Promise<void> {
  const deadline = performance.now() + 5_000;
  while (!holds() && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 5));
}
