import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { Command } from 'commander';
import { sinks } from './sinks.ts';
import { awaiting } from './status-line.ts';

/** A server that an option names, and how long it is tried. A gateway that does not listen is not waited for. */
interface Server {
  readonly name: string;
  readonly option: string;
  readonly patienceMs: number;
}
const servers: Readonly<Record<string, Server>> = {
  brokers: { name: 'Kafka', option: '--brokers', patienceMs: 5_000 },
  schemaRegistry: { name: 'The schema registry', option: '--schema-registry', patienceMs: 5_000 },
  ...Object.fromEntries(
    sinks.map(({ id, title }) => [id, { name: title, option: `--${id}`, patienceMs: 5_000 }]),
  ),
  url: { name: 'The gateway', option: '--url', patienceMs: 0 },
};

const reaching = new WeakSet<Command>();

/** Marks a command that says by itself which server cannot be reached. */
export function reachesByItself(command: Command): void {
  reaching.add(command);
}

/**
 * Connects to every server that a command's options name, before it runs: the clients try for a quarter of a minute,
 * and do not say whom they asked.
 * @throws an error for each server that does not take a connection; one broker of several is enough
 */
export async function reachServers(command: Command): Promise<void> {
  if (reaching.has(command)) return;
  const options: Record<string, unknown> = command.opts();
  const wanted = Object.entries(servers).flatMap(([attribute, server]) => {
    const addresses = addressesOf(options[attribute]);
    return addresses.length === 0 ? [] : [{ server, addresses }];
  });
  const names = wanted.map(({ server, addresses }) => `${server.name} at ${addresses.join(', ')}`);
  const reached = await awaiting(`Connecting to ${names.join('; ')}`, () =>
    Promise.allSettled(wanted.map(({ server, addresses }) => reach(server, addresses))),
  );
  const failures = reached.flatMap((one) => (one.status === 'rejected' ? [one.reason as Error] : []));
  if (failures.length > 0)
    throw new Error(failures.map(({ message }) => message).join('\n'), { cause: failures[0]?.cause });
}

async function reach({ name, option, patienceMs }: Server, addresses: readonly string[]): Promise<void> {
  const startedAt = performance.now();
  for (;;) {
    const failures = await failuresOf(addresses);
    if (failures.length < addresses.length) return;
    if (performance.now() - startedAt >= patienceMs) {
      const reasons = [...new Set(failures.map(reasonOf))].join(', ');
      throw new Error(`${name} at ${addresses.join(', ')} (${option}) cannot be reached: ${reasons}.`, {
        cause: failures[0],
      });
    }
    await pause(500);
  }
}

/** Why those of the addresses that do not take a connection do not. */
async function failuresOf(addresses: readonly string[]): Promise<Error[]> {
  const attempts = await Promise.allSettled(addresses.map(connectTo));
  return attempts.flatMap((one) => (one.status === 'rejected' ? [one.reason as Error] : []));
}

/** Resolves when somebody accepts a connection there. */
function connectTo(address: string): Promise<void> {
  const { hostname, port, protocol } = new URL(address.includes('://') ? address : `tcp://${address}`);
  const socket = connect({
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: Number(port || (protocol === 'https:' ? 443 : 80)),
    timeout: 3_000,
  });
  return new Promise<void>((resolve, reject) => {
    socket
      .once('connect', () => resolve())
      .once('error', reject)
      .once('timeout', () => reject(Object.assign(new Error('no answer within 3 s'), { code: 'ETIMEDOUT' })));
  }).finally(() => socket.destroy());
}

/** Of a name with several addresses Node.js has an error for each, and none of its own. */
function reasonOf(error: Error): string {
  if (!(error instanceof AggregateError)) return error.message;
  return [...new Set(error.errors.map((one) => (one as Error).message))].join(', ');
}

function addressesOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
}
