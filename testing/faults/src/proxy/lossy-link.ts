import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NotRun } from '../fault-case.ts';
import { waitFor } from '../system/wait-for.ts';
import { joinSockets } from './join-sockets.ts';
import type { Dial } from './tcp-proxy.ts';

/** A way to one server on which the kernel can lose packets, of both directions, and TCP has to cope. */
export interface LossyLink {
  readonly dial: Dial;
  /** From now on, of all connections. At first none is lost. */
  setLoss(percent: number): void;
  close(): Promise<void>;
}

/**
 * Opens a network namespace that ends with its one process, and whose loopback loses packets at random; connections
 * are led into it and out of it by socket files, so that nothing of this machine's network is touched.
 * @param target `host:port`
 * @throws NotRun where there is no `unshare` or `nft`, or this process may not use them
 */
export async function openLossyLink(target: string): Promise<LossyLink> {
  checkTools();
  const folder = mkdtempSync(join(tmpdir(), 'sluice-faults-link-'));
  const [inside, outside] = [join(folder, 'in'), join(folder, 'out')];
  const exit = await serveExit(outside, target);
  const relay = spawnInNamespace([join(import.meta.dirname, 'lossy-relay.ts'), inside, outside]);
  const close = async (): Promise<void> => {
    relay.child.kill('SIGKILL');
    exit.close();
    rmSync(folder, { recursive: true, force: true });
    await relay.ended;
  };
  try {
    await waitFor(
      'the relay listens in its namespace',
      () => {
        if (relay.child.exitCode !== null) throw new Error(`The relay ended: ${relay.said()}`);
        return existsSync(inside);
      },
      15_000,
    );
  } catch (error) {
    await close();
    throw error;
  }
  const setLoss = (percent: number): void => {
    const drop = `; add rule ${chain} numgen random mod 100 < ${percent} drop`;
    const rules = `flush chain ${chain}${percent > 0 ? drop : ''}`;
    execFileSync('nsenter', [`--net=/proc/${relay.child.pid ?? 0}/ns/net`, 'nft', rules], { stdio: 'pipe' });
  };
  return { dial: () => connect(inside), setLoss, close };
}

function checkTools(): void {
  const made = spawnSync('unshare', ['--net', 'true']);
  if (made.status !== 0) throw new NotRun('It makes a network namespace, which needs Linux and root.');
  if (spawnSync('nft', ['--version']).status !== 0)
    throw new NotRun('It needs nft to lose packets: install nftables.');
}

async function serveExit(path: string, target: string): Promise<Server> {
  const [host = '', port = ''] = target.split(':');
  const server = createServer({ allowHalfOpen: true }, (socket) =>
    joinSockets(socket, connect({ host, port: Number(port), noDelay: true, allowHalfOpen: true })),
  ).listen(path);
  await once(server, 'listening');
  return server;
}

interface Relay {
  readonly child: ChildProcess;
  readonly ended: Promise<unknown>;
  said(): string;
}

// On arrival: a packet that is dropped on its way out is an error to the sender, and not a loss.
const chain = 'inet faults arrivals';
const begin = `ip link set lo up && nft 'add table inet faults; add chain ${chain} { type filter hook input priority 0; }' && exec "$@"`;

function spawnInNamespace(script: readonly string[]): Relay {
  const child = spawn('unshare', ['--net', 'sh', '-c', begin, 'sh', process.execPath, ...script], {
    // Its input ends with this process, however that ends, and the relay with its input.
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  let text = '';
  child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return { child, ended: once(child, 'exit'), said: () => text.trim() };
}
