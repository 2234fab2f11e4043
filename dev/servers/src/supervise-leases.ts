import { rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Fleet } from './fleet.ts';
import type { Folders } from './folders.ts';
import type { Progress, SupervisorMessage } from './progress.ts';
import { takeLock } from './supervisor-lock.ts';

/** Anybody who starts a supervisor connects within milliseconds; one that nobody connects to has lost its starter. */
const firstLeaseWithinMs = 10_000;

/**
 * Owns the fleet for as long as somebody holds a lease on it, then stops it and resolves. A lease is an open
 * connection to the socket over which one line was sent: the fleet is started by the first and stopped after the
 * last, however that ends. A holder who half-closes the connection is told when everything has stopped.
 * Waits while another supervisor of this home is stopping; resolves at once when another one serves.
 */
export async function superviseLeases(
  fleet: Fleet,
  folders: Pick<Folders, 'socket' | 'lock'>,
): Promise<void> {
  while (!takeLock(folders.lock)) {
    if (await answers(folders.socket)) return;
    await delay(100);
  }
  // Nobody else can serve here now, so a socket file is what a killed supervisor left.
  rmSync(folders.socket, { force: true });
  await new Supervision(fleet, folders.socket).ended;
}

/** The leases of one fleet, from the first to the last. */
class Supervision {
  readonly ended: Promise<undefined>;
  readonly #fleet: Fleet;
  readonly #server = createServer({ allowHalfOpen: true }, (socket) => this.#admit(socket));
  /** Everyone who is told what happens: leaseholders, and the last of them while it waits for the stop. */
  readonly #listeners = new Set<Socket>();
  readonly #leases = new Set<Socket>();
  readonly #told: SupervisorMessage[] = [];
  readonly #giveUp = new AbortController();
  readonly #end: () => void;
  readonly #lonely: NodeJS.Timeout;
  #starting: Promise<void> | undefined;
  #stopping = false;

  constructor(fleet: Fleet, socketPath: string) {
    this.#fleet = fleet;
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.ended = promise;
    this.#end = () => resolve(undefined);
    this.#lonely = setTimeout(() => void this.#stop(), firstLeaseWithinMs);
    this.#server.listen(socketPath);
    process.on('SIGTERM', () => void this.#stop());
    process.on('SIGINT', () => void this.#stop());
  }

  #admit(socket: Socket): void {
    socket.once('data', () => this.#lease(socket));
    socket.on('error', () => socket.destroy());
    socket.once('end', () => this.#drop(socket));
    socket.once('close', () => {
      this.#listeners.delete(socket);
      this.#drop(socket);
    });
  }

  #lease(socket: Socket): void {
    if (this.#stopping) {
      // Too late for this set: hearing nothing, the client turns to the next supervisor.
      socket.destroy();
      return;
    }
    clearTimeout(this.#lonely);
    this.#leases.add(socket);
    this.#listeners.add(socket);
    for (const message of this.#told) send(socket, message);
    this.#starting ??= this.#start();
  }

  #drop(socket: Socket): void {
    if (!this.#leases.delete(socket)) return;
    // The last one hears of the end only when all is stopped; the others need not wait.
    if (this.#leases.size === 0) void this.#stop();
    else socket.end();
  }

  async #start(): Promise<void> {
    try {
      const endpoints = await this.#fleet.start((progress) => this.#report(progress), this.#giveUp.signal);
      this.#tell({ type: 'ready', endpoints });
    } catch (error) {
      this.#tell({ type: 'failed', text: error instanceof Error ? error.message : String(error) });
      void this.#stop();
    }
  }

  async #stop(): Promise<void> {
    if (this.#stopping) return;
    this.#stopping = true;
    // Closing also removes the socket file: anybody who comes now starts the next supervisor, which waits for the lock.
    this.#server.close();
    this.#giveUp.abort();
    await this.#starting;
    await this.#fleet.stop((progress) => this.#report(progress));
    await Promise.all([...this.#listeners].map(goodbye));
    this.#end();
  }

  #report(progress: Progress): void {
    this.#tell({ type: 'progress', progress });
  }

  #tell(message: SupervisorMessage): void {
    console.log(`${new Date().toISOString()} ${JSON.stringify(message)}`);
    this.#told.push(message);
    for (const socket of this.#listeners) send(socket, message);
  }
}

function send(socket: Socket, message: SupervisorMessage): void {
  if (socket.writable) socket.write(`${JSON.stringify(message)}\n`);
}

/** Ends a connection; gives one whose other side does not close a second, then cuts it. */
async function goodbye(socket: Socket): Promise<void> {
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  socket.end();
  await Promise.race([closed, delay(1000, undefined, { ref: false })]);
  socket.destroy();
}

function answers(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(socketPath);
    probe.once('connect', () => {
      probe.destroy();
      resolve(true);
    });
    probe.once('error', () => resolve(false));
  });
}
