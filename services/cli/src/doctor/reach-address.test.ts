import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer as createTcpServer, type AddressInfo, type Server } from 'node:net';
import { join } from 'node:path';
import { createSecureContext, createServer as createTlsServer } from 'node:tls';
import { reachAddress } from './reach-address.ts';

/** The broker's certificate is for `localhost` and 127.0.0.1, and valid from 2020 to 2120. */
const certificates = join(import.meta.dirname, '../../../../libs/kafka/testing/certificates');
const read = (name: string): Buffer => readFileSync(join(certificates, name));
const trusting = createSecureContext({ ca: read('authority.crt') });
const servers: Server[] = [];

afterEach(() => {
  jest.restoreAllMocks();
  for (const server of servers.splice(0)) server.close();
});

async function listening(server: Server): Promise<number> {
  servers.push(server.listen(0, '0.0.0.0'));
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** What is found at a server with the broker's certificate. */
async function found(host: string, secureContext = trusting) {
  const pem = read('broker.pem');
  const server = createTlsServer({ cert: pem, key: pem }, (socket) => socket.on('error', () => undefined));
  const port = await listening(server);
  const findings = await reachAddress({ host, port, tls: { secureContext } }, '--brokers');
  return findings.map(({ check, severity }) => `${severity}: ${check}`);
}

test('a certificate that is right, by name and by address', async () => {
  expect(await found('localhost')).toEqual(['right: tls']);
  expect(await found('127.0.0.1')).toEqual(['right: tls']);
});

test('one for other names, one that nobody trusts', async () => {
  expect(await found('127.0.0.2')).toEqual(['broken: tls-name']);
  const strangers = createSecureContext({ ca: read('stranger.crt') });
  expect(await found('127.0.0.1', strangers)).toEqual(['broken: tls-trust']);
});

test.each([
  ['2019-12-31', 'broken: tls-not-yet'],
  ['2119-12-25', 'risky: tls-expires-soon'],
  ['2120-01-02', 'broken: tls-expired'],
])('the day is %s: %s', async (day, finding) => {
  jest.spyOn(Date, 'now').mockReturnValue(Date.parse(day));
  expect(await found('127.0.0.1')).toEqual([finding]);
});

test('a port without TLS', async () => {
  const port = await listening(
    createTcpServer((socket) => socket.on('error', () => undefined).end('nothing of TLS')),
  );
  const [first] = await reachAddress({ host: '127.0.0.1', port, tls: {} }, '--brokers');
  expect(first).toMatchObject({ check: 'tls', severity: 'broken' });
});
