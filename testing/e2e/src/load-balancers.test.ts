import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '@sluice/dev-servers/free-port';
import { serve, type Serving } from '@sluice/service/serve';
import { push } from '@sluice/service/testing/push';

jest.setTimeout(60_000);

const page = readFileSync(join(import.meta.dirname, '../../../docs/operations/load-balancers.md'), 'utf8');

interface Balancer {
  readonly name: 'nginx' | 'haproxy';
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
];

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

const startServer = (port: number): Promise<Serving> =>
  serve(
    (request, response) => {
      request.resume().once('end', () => response.end(String(port)));
    },
    { host: '127.0.0.1', port, maxConnections: 500, keepAliveMs: 620_000, isReady: () => true },
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
    `behind ${balancer.name}, as the page configures it, a rolling restart fails no request`,
    async () => {
      const ports = await freePorts(2);
      const servers = await Promise.all(ports.map(startServer));
      const port = await startBalancer(balancer, ports);
      const names = ports.map(String);
      await untilAnswered(port, names);
      const stop = sendOverAndOver(port, 8);
      for (const index of [0, 1, 0, 1]) {
        await servers[index]?.stop();
        servers[index] = await startServer(ports[index] ?? 0);
        await untilAnswered(port, names);
      }
      const answers = await stop();
      expect(new Set(answers)).toEqual(new Set(['200']));
      expect(answers.length).toBeGreaterThan(100);
      await Promise.all(servers.map((server) => server.stop()));
    },
  );
}
