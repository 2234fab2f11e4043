import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '@sluice/dev-servers/free-port';
import { serve, type HttpLimits, type Serving } from '@sluice/service/serve';
import { renewedCertificate } from '@sluice/service/server-certificate';
import { push } from '@sluice/service/testing/push';

jest.setTimeout(60_000);

const certificates = join(import.meta.dirname, '../../../libs/kafka/testing/certificates');
const pem = join(certificates, 'broker.pem');
const page = readFileSync(join(import.meta.dirname, '../../../docs/operations/load-balancers.md'), 'utf8');

interface Balancer {
  readonly name: 'nginx' | 'haproxy';
  /** What is else between it and the servers. */
  readonly with?: string;
  readonly limits?: Partial<HttpLimits>;
  /** Around what the page shows. */
  readonly whole: (shown: string, folder: string) => string;
  readonly args: (file: string) => string[];
}

const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
const balancers: readonly Balancer[] = [
  {
    name: 'nginx',
    whole: (shown, folder) =>
      [
        ...[
          'daemon off;',
          `pid ${folder}/pid;`,
          'error_log stderr crit;',
          'events {}',
          'http {',
          'access_log off;',
        ],
        ...temporary.map((name) => `${name}_temp_path ${folder}/${name};`),
        ...[shown, '}'],
      ].join('\n'),
    args: (file) => ['-c', file],
  },
  { name: 'haproxy', whole: (shown) => shown, args: (file) => ['-f', file] },
  {
    name: 'haproxy',
    with: 'the PROXY protocol and TLS',
    limits: {
      proxyProtocol: true,
      certificate: renewedCertificate({ certFile: pem, keyFile: pem }, () => undefined),
    },
    // Its sender on the other side names an address that no connection here has.
    whole: (shown) =>
      shown
        .replace('  server ', `${serverLines()}\n  server `)
        .replace(/bind (\S+)/, 'bind $1\n  http-request set-src hdr(x-sent-from)'),
    args: (file) => ['-f', file],
  },
];

/** What the page adds to HAProxy's servers. */
function serverLines(): string {
  const lines = Array.from(page.matchAll(/```haproxy-server\n(.*?)\n```/gs), ([, line = '']) => `  ${line}`);
  expect(lines.length).toBe(2);
  return lines.join('\n').replace('/etc/haproxy/authorities.pem', join(certificates, 'authority.crt'));
}

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** Starts it with what the page shows for it, in front of two servers. Returns the port that it listens on. */
async function startBalancer({ name, whole, args }: Balancer, servers: readonly number[]): Promise<number> {
  const [port = 0] = await freePorts(1);
  const shown = new RegExp(`\`\`\`${name}\\n(.*?)\`\`\``, 's').exec(page)?.[1] ?? '';
  const local = shown
    .replace('listen 8000', `listen 127.0.0.1:${port}`)
    .replace('bind :8000', `bind 127.0.0.1:${port}`)
    .replace('10.0.0.11:8080', `127.0.0.1:${servers[0]}`)
    .replace('10.0.0.12:8080', `127.0.0.1:${servers[1]}`);
  const folder = mkdtempSync(join(tmpdir(), `sluice-${name}-`));
  cleanups.push(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'config');
  writeFileSync(file, whole(local, folder));
  const child: ChildProcess = spawn(name, args(file), { stdio: ['ignore', 'ignore', 'inherit'] });
  cleanups.push(async () => {
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  });
  return port;
}

/** It answers with its port, and with the address that it sees. */
const startServer = (port: number, limits: Partial<HttpLimits> = {}): Promise<Serving> =>
  serve(
    (request, response) => {
      const { remoteAddress = '' } = request.socket;
      request.resume().once('end', () => response.setHeader('x-seen-from', remoteAddress).end(String(port)));
    },
    { host: '127.0.0.1', port, maxConnections: 500, keepAliveMs: 620_000, isReady: () => true, ...limits },
  );

/** Sends over and over, over connections that are kept. Returns what stops it, which says how each was answered. */
function sendOverAndOver(port: number, senders: number): () => Promise<string[]> {
  const answers: string[] = [];
  let isOver = false;
  const agent = new Agent({ keepAlive: true, maxSockets: senders });
  const send = async (): Promise<void> => {
    while (!isOver) {
      const answered = push(port, { path: '/v1', body: 'x'.repeat(4_000), agent });
      answers.push(await answered.then(({ status }) => String(status), String));
      await new Promise(setImmediate);
    }
  };
  const sending = Array.from({ length: senders }, send);
  return async () => {
    isOver = true;
    await Promise.all(sending);
    agent.destroy();
    return answers;
  };
}

async function untilAnswered(port: number, by: readonly string[]): Promise<void> {
  const seen = new Set<string>();
  while (by.some((server) => !seen.has(server))) {
    const { status, body } = await push(port, { path: '/v1' }).catch(() => ({ status: 0, body: '' }));
    if (status === 200) seen.add(body);
  }
}

for (const balancer of balancers) {
  const isInstalled = spawnSync(balancer.name, ['-v']).error === undefined;
  // It comes from the system's packages: `apt-get install nginx haproxy`.
  (isInstalled ? test : test.skip)(
    `behind ${[balancer.name, ...(balancer.with ? [balancer.with] : [])].join(' with ')}, as the page configures it, a rolling restart fails no request`,
    async () => {
      const ports = await freePorts(2);
      const servers = await Promise.all(ports.map((one) => startServer(one, balancer.limits)));
      const port = await startBalancer(balancer, ports);
      const names = ports.map(String);
      await untilAnswered(port, names);
      if (balancer.limits?.proxyProtocol) {
        const headers = { 'x-sent-from': '192.0.2.7' };
        const answer = await push(port, { path: '/v1', headers });
        expect(answer.headers['x-seen-from']).toBe('192.0.2.7');
      }
      const stop = sendOverAndOver(port, 8);
      for (const index of [0, 1, 0, 1]) {
        await servers[index]?.stop();
        servers[index] = await startServer(ports[index] ?? 0, balancer.limits);
        await untilAnswered(port, names);
      }
      const answers = await stop();
      expect(new Set(answers)).toEqual(new Set(['200']));
      expect(answers.length).toBeGreaterThan(100);
      await Promise.all(servers.map((server) => server.stop()));
    },
  );
}
