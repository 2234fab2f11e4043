import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { bindToParent, type RunAs } from './bound-process.ts';
import type { PortClaim } from './free-port.ts';

/** What to run for one server. Its command line must carry the home's argument: see `homeArgument`. */
export interface Launch {
  command: string;
  args: readonly string[];
  env?: Readonly<Record<string, string>>;
  runAs?: RunAs;
}

/** One server of a fleet. */
export interface ServerSpec {
  /** Names its log file. */
  name: string;
  /** As in messages. */
  title: string;
  ports: readonly PortClaim[];
  /** Downloads and writes what the server needs before it can run. Rejects with an error. */
  prepare(signal: AbortSignal): Promise<Launch>;
  /** Whether the server does its work; asked again and again until it does. */
  isReady(logFile: string): Promise<boolean>;
  startWithinMs: number;
  /** After this many milliseconds a server that was asked to stop is killed. */
  stopWithinMs: number;
  /** Called when its process has ended in order. */
  afterStop?(): void;
}

/** The argument that marks every process of one home, so that orphans can be told from strangers. */
export function homeArgument(homeId: string): string {
  return `-Dsluice.home=${homeId}`;
}

/** A server that was started; `exited` resolves, never rejects, with how it ended. */
export interface RunningServer {
  spec: ServerSpec;
  child: ChildProcess;
  logFile: string;
  exited: Promise<string>;
}

/** Starts the process, its output going to `<logs>/<name>.log`. It ends with this process. */
export function launch(spec: ServerSpec, what: Launch, logs: string): RunningServer {
  mkdirSync(logs, { recursive: true });
  const logFile = join(logs, `${spec.name}.log`);
  // The log that tells why the last one ended is worth keeping until the next but one.
  if (existsSync(logFile)) renameSync(logFile, join(logs, `${spec.name}.previous.log`));
  const log = openSync(logFile, 'w');
  const { command, args, runAs } = bindToParent(what.command, what.args, what.runAs);
  const child = spawn(command, args, {
    stdio: ['ignore', log, log],
    cwd: logs,
    env: { ...process.env, ...what.env },
    ...runAs,
  });
  closeSync(log);
  const exited = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code ?? 'unknown'}`));
  });
  return { spec, child, logFile, exited };
}

/** Resolves when the server does its work; rejects with a message when it exits, takes too long or is given up. */
export async function waitUntilReady(server: RunningServer, signal: AbortSignal): Promise<void> {
  const { spec, logFile } = server;
  const deadline = Date.now() + spec.startWithinMs;
  const end: { reason?: string } = {};
  void server.exited.then((reason) => (end.reason = reason));
  while (!(await spec.isReady(logFile))) {
    signal.throwIfAborted();
    if (end.reason !== undefined) {
      throw new Error(`${spec.title} ended while starting (${end.reason}): see the end of ${logFile}.`);
    }
    if (Date.now() > deadline) {
      throw new Error(
        `${spec.title} did not answer within ${spec.startWithinMs / 1000} seconds: see the end of ${logFile}.`,
      );
    }
    await delay(100);
  }
}

/** Asks the server to stop, kills it when it takes too long, and resolves when it has gone. */
export async function stopServer(server: RunningServer): Promise<void> {
  const { child, spec } = server;
  if (child.exitCode === null && child.signalCode === null) {
    child.kill('SIGTERM');
    const slow = setTimeout(() => child.kill('SIGKILL'), spec.stopWithinMs);
    await server.exited;
    clearTimeout(slow);
  }
  spec.afterStop?.();
}

/** Whether a GET of the address is answered with 200 within a second. */
export async function answersOk(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(1000) });
    await response.arrayBuffer();
    return response.status === 200;
  } catch {
    return false;
  }
}
