import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { acquireLease, type ServersLease } from './acquire-servers.ts';
import { foldersFrom, type Folders } from './folders.ts';
import { freePorts } from './free-port.ts';
import { processesWith } from './orphans.ts';
import { homeArgument } from './server-process.ts';
import { waitUntil } from '../testing/wait-until.ts';

const supervisorFile = join(import.meta.dirname, '../testing/fake-supervisor.ts');
const variables = ['SLUICE_DEV_ELASTICSEARCH_PORT', 'SLUICE_DEV_REGISTRY_PORT', 'SLUICE_DEV_KAFKA_PORT'];

jest.setTimeout(60_000);

let folders: Folders;
let ports: number[];

beforeEach(async () => {
  process.env.SLUICE_DEV_HOME = mkdtempSync(join(tmpdir(), 'sluice-leases-'));
  ports = await freePorts(variables.length);
  for (const [index, variable] of variables.entries()) process.env[variable] = `${ports[index]!}`;
  folders = foldersFrom(process.env);
});

afterEach(async () => {
  await waitUntil('the supervisor has ended', () => supervisors().length === 0);
  expect(serverProcesses()).toEqual([]);
  rmSync(folders.home, { recursive: true });
  for (const variable of ['SLUICE_DEV_HOME', ...variables]) Reflect.deleteProperty(process.env, variable);
});

const acquire = (messages: string[] = []): Promise<ServersLease> =>
  acquireLease({ folders, supervisorFile, onProgress: ({ message }) => messages.push(message) });

const serverProcesses = (): number[] => processesWith(homeArgument(folders.homeId));

const supervisors = (): number[] => processesWith(`--sluice-supervisor=${folders.homeId}`);

/** How many take a connection. Binding would tell too, but would hold the port while a server is started on it. */
async function answering(): Promise<number> {
  const taken = await Promise.all(ports.map(takesConnection));
  return taken.filter(Boolean).length;
}

async function takesConnection(port: number): Promise<boolean> {
  const probe = connect(port, '127.0.0.1');
  try {
    await once(probe, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    probe.destroy();
  }
}

async function holdLeaseElsewhere(): Promise<ChildProcess> {
  const child = spawn(process.execPath, [join(import.meta.dirname, '../testing/hold-lease.ts')], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env }, // not what spawn takes by itself: Jest gives each test file a copy
  });
  await once(child.stdout, 'data');
  return child;
}

test('the servers run from the first lease to the last, which waits for their stop in order', async () => {
  const messages: string[] = [];
  const first = await acquire();
  const second = await acquire(messages);
  expect(first.endpoints.kafkaBrokers).toEqual([`127.0.0.1:${ports[2]!}`]);
  expect(second.endpoints).toEqual(first.endpoints);

  await first.release();
  await first.release();
  expect(await answering()).toBe(3);

  await second.release();
  expect(await answering()).toBe(0);
  expect(serverProcesses()).toEqual([]);
  expect(messages.filter((message) => message.startsWith('Stopping'))).toEqual([
    'Stopping Fake first',
    'Stopping Fake second',
    'Stopping Fake last',
  ]);
});

test('two who come at once share one set', async () => {
  const leases = await Promise.all([acquire(), acquire(), acquire()]);
  await waitUntil('one supervisor is left', () => supervisors().length === 1);
  // Three servers and the child of one of them.
  expect(serverProcesses()).toHaveLength(4);
  await Promise.all(leases.map((lease) => lease.release()));
});

test('one who comes while they stop waits and has them started again', async () => {
  const first = await acquire();
  const stopped = first.release();
  const second = await acquire();
  await stopped;
  expect(await answering()).toBe(3);
  await second.release();
});

test('a lease ends with its holder, killed or not', async () => {
  const holder = await holdLeaseElsewhere();
  expect(await answering()).toBe(3);
  holder.kill('SIGKILL');
  await waitUntil('nothing is left', async () => serverProcesses().length === 0 && (await answering()) === 0);
});

test('a killed holder takes nothing from the others', async () => {
  const holder = await holdLeaseElsewhere();
  const lease = await acquire();
  holder.kill('SIGKILL');
  await once(holder, 'exit');
  expect(await answering()).toBe(3);
  await lease.release();
});

const whereKernelHelps = process.platform === 'linux' ? test : test.skip; // only Linux tells children of a parent's death
whereKernelHelps(
  'a killed supervisor leaves no server, and the next start removes what a server left',
  async () => {
    await acquire();
    for (const pid of supervisors()) process.kill(pid, 'SIGKILL');
    await waitUntil('the servers have ended', async () => (await answering()) === 0);
    expect(serverProcesses()).toHaveLength(1);
    const orphan = serverProcesses();

    const lease = await acquire();
    expect(serverProcesses()).not.toContain(orphan[0]);
    await lease.release();
  },
);

whereKernelHelps('a server that ends by itself is started again', async () => {
  const messages: string[] = [];
  const lease = await acquire(messages);
  const victim = serverProcesses().find((pid) =>
    readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`${ports[2]!}`),
  );
  process.kill(victim!, 'SIGKILL');
  await waitUntil('a restart is reported', () =>
    messages.some((message) => message.includes('is started again')),
  );
  await waitUntil('all answer again', async () => (await answering()) === 3);
  await lease.release();
});

test('a port in use fails the start with an error, and nothing stays', async () => {
  const stranger = createServer().listen(ports[1], '127.0.0.1');
  await once(stranger, 'listening');
  await expect(acquire()).rejects.toThrow(
    `Port ${ports[1]!} on 127.0.0.1, which Fake second needs, is in use: stop the program that holds it, ` +
      'or set FAKE_SECOND_PORT to a free port.',
  );
  expect(serverProcesses()).toEqual([]);
  stranger.close();
});
