import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { waitUntil } from '@sluice/kafka/testing/wait-until';
import { openTcpProxy, type TcpProxy } from './tcp-proxy.ts';

let server: Server;
let proxy: TcpProxy;
const clients: Socket[] = [];
beforeEach(async () => {
  // Says everything back.
  server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.pipe(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  proxy = await openTcpProxy(`127.0.0.1:${(server.address() as AddressInfo).port}`);
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await proxy.close();
  server.close();
});

interface Client {
  readonly socket: Socket;
  heard: string;
  ended: string;
}

/** Connected, or reset already. */
async function openClient(): Promise<Client> {
  const socket = connect(proxy.port, '127.0.0.1');
  const client: Client = { socket, heard: '', ended: '' };
  clients.push(socket);
  socket.on('data', (bytes: Buffer) => (client.heard += bytes.toString()));
  socket.on('error', (error: NodeJS.ErrnoException) => (client.ended = error.code ?? 'error'));
  socket.on('close', () => (client.ended ||= 'closed'));
  await waitUntil('a connection', () => !socket.connecting || client.ended !== '');
  return client;
}

test('it passes bytes on in both directions', async () => {
  const client = await openClient();
  client.socket.write('one');
  await waitUntil('the echo', () => client.heard === 'one');
});

test('a reset reaches open connections, and new ones are taken', async () => {
  const client = await openClient();
  client.socket.write('one');
  await waitUntil('the echo', () => client.heard === 'one');
  proxy.reset();
  await waitUntil('the reset', () => client.ended === 'ECONNRESET');
  const next = await openClient();
  next.socket.write('two');
  await waitUntil('the echo', () => next.heard === 'two');
});

test('while it refuses, old and new connections are reset', async () => {
  const client = await openClient();
  proxy.setMode('refuse');
  await waitUntil('the reset', () => client.ended === 'ECONNRESET');
  const next = await openClient();
  await waitUntil('the reset of the new one', () => next.ended === 'ECONNRESET');
});

test('a black hole takes connections and passes nothing; what was under way continues after it', async () => {
  const client = await openClient();
  proxy.setMode('black-hole');
  client.socket.write('late');
  const next = await openClient();
  next.socket.write('also late');
  await waitUntil('both connections', () => proxy.connections() === 2);
  await expect(waitUntil('anything', () => client.heard + next.heard !== '', 200)).rejects.toThrow();
  expect([client.ended, next.ended]).toEqual(['', '']);
  proxy.setMode('pass');
  await waitUntil('both echoes', () => client.heard === 'late' && next.heard === 'also late');
});

test('a rate holds over all connections', async () => {
  const client = await openClient();
  proxy.setRate(100_000);
  const startedAt = performance.now();
  client.socket.write('x'.repeat(20_000));
  await waitUntil('the echo', () => client.heard.length === 20_000);
  // There and back: 40,000 bytes.
  expect(performance.now() - startedAt).toBeGreaterThan(350);
});
