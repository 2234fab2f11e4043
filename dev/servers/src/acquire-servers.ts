import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, openSync, closeSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import type { Endpoints } from './endpoints.ts';
import { foldersFrom, type Folders } from './folders.ts';
import type { Report, SupervisorMessage } from './progress.ts';

/** The right to use the development servers. They run for as long as anybody holds one. */
export interface ServersLease {
  endpoints: Endpoints;
  /** Gives the lease back. Of the last lease, resolves when every server has stopped. May be called twice. */
  release(): Promise<void>;
}

/**
 * Brings up Kafka, the schema registry, ClickHouse and Elasticsearch, or joins those that run already, and
 * resolves when all four answer. The lease ends with `release()` or with this process, however it ends; until
 * then it keeps the process alive. Rejects with an Error whose message says what to do.
 */
export function acquireServers(options: { onProgress?: Report } = {}): Promise<ServersLease> {
  return acquireLease({
    folders: foldersFrom(process.env),
    supervisorFile: join(import.meta.dirname, 'supervisor.ts'),
    onProgress: options.onProgress ?? (() => undefined),
  });
}

/** A supervisor may be stopping as it is reached, so a broken connection is tried again; but not for ever. */
const attempts = 5;

/** As `acquireServers`, with the places and the program that supervises given. */
export async function acquireLease(from: {
  folders: Folders;
  supervisorFile: string;
  onProgress: Report;
}): Promise<ServersLease> {
  mkdirSync(from.folders.logs, { recursive: true });
  for (let attempt = 0; attempt < attempts; attempt++) {
    const lease = await takeLease(await reachSupervisor(from.folders, from.supervisorFile), from.onProgress);
    if (lease) return lease;
  }
  throw new Error(
    `The supervisor of the development servers ended before they were up: ${logOf(from.folders)} says why.`,
  );
}

/** Waits for the supervisor's answer; undefined when the connection ends without one. */
function takeLease(socket: Socket, onProgress: Report): Promise<ServersLease | undefined> {
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  return new Promise((resolve, reject) => {
    let failure: string | undefined;
    const lines = createInterface({ input: socket });
    // It repeats the socket's errors, and the socket's close says enough.
    lines.on('error', () => undefined);
    lines.on('line', (line) => {
      const message = JSON.parse(line) as SupervisorMessage;
      switch (message.type) {
        case 'progress':
          onProgress(message.progress);
          return;
        case 'ready':
          resolve({
            endpoints: message.endpoints,
            release: () => {
              socket.end();
              return closed;
            },
          });
          return;
        case 'failed':
          failure = message.text;
      }
    });
    // The other side closes when it has stopped what had started.
    void closed.then(() => (failure === undefined ? resolve(undefined) : reject(new Error(failure))));
    socket.on('error', () => socket.destroy());
    socket.write('lease\n');
  });
}

/** Connects to the supervisor of this home, starting one when none answers. */
async function reachSupervisor(folders: Folders, supervisorFile: string): Promise<Socket> {
  let started: ChildProcess | undefined;
  for (;;) {
    const socket = await connectTo(folders.socket);
    if (socket) return socket;
    if (started && started.exitCode !== null && started.exitCode !== 0) {
      throw new Error(`The supervisor of the development servers did not start: ${logOf(folders)} says why.`);
    }
    if (!started || started.exitCode === 0 || started.signalCode) {
      started = startSupervisor(folders, supervisorFile);
    }
    await delay(50);
  }
}

/** A process of its own session: neither a terminal's Ctrl-C nor the end of this process reaches it. */
function startSupervisor(folders: Folders, supervisorFile: string): ChildProcess {
  const log = openSync(logOf(folders), 'a');
  // What a debugger or a loader put into NODE_OPTIONS is for this process alone.
  const { NODE_OPTIONS: _, ...env } = process.env;
  const args = [
    '--disable-warning=ExperimentalWarning',
    supervisorFile,
    `--sluice-supervisor=${folders.homeId}`,
  ];
  const child = spawn(process.execPath, args, {
    detached: true,
    stdio: ['ignore', log, log],
    cwd: folders.home,
    env,
  });
  closeSync(log);
  child.unref();
  return child;
}

function logOf(folders: Folders): string {
  return join(folders.logs, 'supervisor.log');
}

/** Undefined when nobody listens; any other error is a bug or a folder of somebody else's, and is thrown. */
function connectTo(path: string): Promise<Socket | undefined> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.removeAllListeners('error');
      resolve(socket);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED') resolve(undefined);
      else
        reject(new Error(`The supervisor at ${path} cannot be reached: ${error.message}.`, { cause: error }));
    });
  });
}
