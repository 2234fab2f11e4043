import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, get } from 'node:https';
import { connect } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { serve, type HttpLimits } from './serve.ts';
import { renewedCertificate } from './server-certificate.ts';

jest.setTimeout(20_000);

const certificates = join(import.meta.dirname, '../../kafka/testing/certificates');
const at = (name: string): string => join(certificates, name);
const ca = readFileSync(at('authority.crt'));
const folder = mkdtempSync(join(tmpdir(), 'sluice-tls-'));
const files = { certFile: join(folder, 'tls.crt'), keyFile: join(folder, 'tls.key') };
const logged: string[] = [];
const closing: (() => unknown)[] = [];

beforeEach(() => {
  logged.length = 0;
  use('broker.pem');
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});
afterAll(() => rmSync(folder, { recursive: true }));

/** As a program that renews certificates does it. */
function use(pem: string): void {
  copyFileSync(at(pem), files.certFile);
  copyFileSync(at(pem), files.keyFile);
}

async function start(more: Partial<HttpLimits> = {}): Promise<number> {
  const serving = await serve(
    (incoming, response) => {
      incoming.resume().once('end', () => response.end(`to ${incoming.socket.remoteAddress}`));
    },
    {
      ...{ host: '127.0.0.1', port: 0, maxConnections: 100, keepAliveMs: 60_000, isReady: () => true },
      certificate: renewedCertificate(files, (_level, message) => logged.push(message)),
      ...more,
    },
  );
  closing.push(() => serving.stop());
  return serving.port;
}

/** Whose certificate a new connection gets. */
async function nameAt(port: number): Promise<string> {
  const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const name = socket.getPeerCertificate().subject.CN;
  socket.destroy();
  return String(name);
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error('It never came true.');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function ask(port: number, agent?: Agent): Promise<string> {
  const [response] = (await once(get({ port, host: '127.0.0.1', path: '/v1', ca, agent }), 'response')) as [
    NodeJS.ReadableStream,
  ];
  let text = '';
  for await (const part of response) text += String(part);
  return text;
}

test('a certificate that is renewed is shown to new connections, and ends none that is open', async () => {
  const port = await start();
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  closing.push(() => agent.destroy());
  expect(await ask(port, agent)).toBe('to 127.0.0.1');
  const [[open]] = Object.values(agent.freeSockets) as [[TLSSocket]];
  use('client-one.pem');
  await until(async () => (await nameAt(port)) === 'client-one');
  expect(await ask(port, agent)).toBe('to 127.0.0.1');
  expect(Object.values(agent.freeSockets)).toEqual([[open]]);
});

test('files that cannot be used leave the certificate from before, and are logged', async () => {
  const port = await start();
  writeFileSync(files.certFile, 'half');
  await until(async () => {
    expect(await nameAt(port)).toBe('broker');
    return logged.length > 0;
  });
  expect(logged[0]).toMatch(/^The certificate cannot be read again, and the former one stays: /);
  use('client-two.pem');
  await until(async () => (await nameAt(port)) === 'client-two');
});

test('a key of another certificate is refused at the start', () => {
  copyFileSync(at('client-one.pem'), files.keyFile);
  expect(() => renewedCertificate(files, () => undefined)).toThrow(/key values mismatch/i);
});

test('the address of a client is in a header in front of the handshake', async () => {
  const port = await start({ proxyProtocol: true });
  const tcp = connect(port, '127.0.0.1');
  const head = `0d0a0d0a000d0a515549540a2111000cc00002010a000001d4311f90`;
  tcp.write(Buffer.from(head, 'hex'));
  const socket = connectTls({ socket: tcp, ca, servername: 'localhost' });
  await once(socket, 'secureConnect');
  socket.write('GET /v1 HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n');
  let text = '';
  socket.on('data', (part: Buffer) => (text += part.toString()));
  await once(socket, 'close');
  expect(text).toContain('to 192.0.2.1');
});

test('who speaks no TLS, and who never ends the handshake, hold up neither others nor the stop', async () => {
  const port = await start();
  const plain = connect(port, '127.0.0.1').on('error', () => undefined);
  plain.write('GET / HTTP/1.1\r\n\r\n');
  await once(plain, 'close');
  const silent = connect(port, '127.0.0.1').on('error', () => undefined);
  await once(silent, 'connect');
  expect(await ask(port)).toBe('to 127.0.0.1');
});
