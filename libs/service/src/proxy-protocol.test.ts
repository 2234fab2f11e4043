import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { serve, type Serving } from './serve.ts';

const signature = '0d0a0d0a000d0a515549540a';
const request = Buffer.from('POST /v1 HTTP/1.1\r\nhost: a\r\ncontent-length: 4\r\n\r\nbody');
let serving: Serving;

jest.setTimeout(20_000);

beforeAll(async () => {
  serving = await serve(
    (incoming, response) => {
      const parts: Buffer[] = [];
      incoming.on('data', (part: Buffer) => parts.push(part));
      incoming.on('end', () =>
        response.end(`${incoming.socket.remoteAddress} ${Buffer.concat(parts).toString()}`),
      );
    },
    {
      host: '127.0.0.1',
      port: 0,
      maxConnections: 100,
      keepAliveMs: 60_000,
      proxyProtocol: true,
      isReady: () => true,
    },
  );
});
afterAll(() => serving.stop());

/** @param head version and command, family and transport, length, addresses and tags: hexadecimal */
const header = (head: string): Buffer => Buffer.from(signature + head.replaceAll(' ', ''), 'hex');

const ofIpv4 = header('21 11 000c c0000201 0a000001 d431 1f90');

async function opened(): Promise<{ socket: Socket; all: () => string }> {
  const socket = connect(serving.port, '127.0.0.1').on('error', () => undefined);
  let text = '';
  socket.on('data', (part: Buffer) => (text += part.toString()));
  await once(socket, 'connect');
  return { socket, all: () => text };
}

/** What is answered until the connection ends, or the answer is there. */
async function answerTo(bytes: Buffer, each = bytes.length): Promise<string> {
  const { socket, all } = await opened();
  const ended = once(socket, 'close');
  for (let from = 0; from < bytes.length; from += each) {
    socket.write(bytes.subarray(from, from + each));
    if (each < bytes.length) await new Promise(setImmediate);
  }
  const answered = new Promise<void>((resolve) =>
    socket.on('data', () => all().includes(' body') && resolve()),
  );
  await Promise.race([ended, answered]);
  socket.destroy();
  return all()
    .split('\r\n\r\n')
    .slice(1)
    .join()
    .replace(/^.*\r\n|\r\n.*$/gs, '');
}

const tags = `04 0003 ${'00'.repeat(3)}`;
test.each<[string, Buffer, string]>([
  ['of IPv4', ofIpv4, '192.0.2.1 body'],
  [
    'with tags behind the addresses',
    header(`21 11 0012 c0000201 0a000001 d431 1f90 ${tags}`),
    '192.0.2.1 body',
  ],
  [
    'of IPv6',
    header(`21 21 0024 20010db8000000000000000000000001 ${'00'.repeat(16)} d431 1f90`),
    '2001:db8::1 body',
  ],
  ['of a health check by the balancer itself', header('20 00 0000'), '127.0.0.1 body'],
  ['of a health check with addresses', header('20 11 000c c0000201 0a000001 d431 1f90'), '127.0.0.1 body'],
  ['of a Unix socket', header(`21 31 00d8 ${'61'.repeat(216)}`), '127.0.0.1 body'],
])('a header %s, at once and byte by byte', async (_name, head, answer) => {
  const bytes = Buffer.concat([head, request]);
  expect([await answerTo(bytes), await answerTo(bytes, 1)]).toEqual([answer, answer]);
});

test.each<[string, Buffer]>([
  ['a request without a header', request],
  ['version 1', Buffer.from('PROXY TCP4 192.0.2.1 10.0.0.1 54321 8080\r\n')],
  ['an unknown version', header('31 11 000c c0000201 0a000001 d431 1f90')],
  ['an unknown command', header('22 11 000c c0000201 0a000001 d431 1f90')],
  ['a length that the addresses exceed', header('21 11 0004 c0000201 0a000001 d431 1f90')],
  ['a length over any that is used', header(`21 11 ffff ${'00'.repeat(2_000)}`)],
])('%s closes the connection without an answer', async (_name, head) => {
  expect(await answerTo(Buffer.concat([head, request]))).toBe('');
});

test('a connection that ends within its header is closed', async () => {
  const { socket, all } = await opened();
  socket.end(ofIpv4.subarray(0, 20));
  await once(socket, 'close');
  expect(all()).toBe('');
});

test('several requests of one connection have its address, and pipelined ones their answers', async () => {
  const { socket, all } = await opened();
  socket.write(Buffer.concat([ofIpv4, request, request]));
  const answers = (): number => all().split('192.0.2.1 body').length - 1;
  while (answers() < 2) await once(socket, 'data');
  socket.write(request);
  while (answers() < 3) await once(socket, 'data');
  socket.destroy();
});

test('connections without a complete header do not hold up a stop', async () => {
  const other = await serve(() => undefined, {
    ...{ host: '127.0.0.1', port: 0, maxConnections: 100, keepAliveMs: 60_000 },
    ...{ proxyProtocol: true, isReady: () => true },
  });
  const socket = connect(other.port, '127.0.0.1').on('error', () => undefined);
  await once(socket, 'connect');
  socket.write(ofIpv4.subarray(0, 5));
  await other.stop();
});
