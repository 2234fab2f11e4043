import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** A port a server is about to bind, and the variable that moves it. */
export interface PortClaim {
  port: number;
  variable: string;
}

/** Whether nobody listens on the port of 127.0.0.1. */
export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => probe.close(() => resolve(true)));
  });
}

/**
 * Below the ports that Linux (32768) and macOS (49152) give to outgoing connections, so that none of them takes a port
 * between the look at it and its bind; above those the development servers have when nothing is set.
 */
const [lowest, above] = [20_000, 32_768];
let next = randomInt(lowest, above);

/** A port of 127.0.0.1 that nobody listens on, and which no later call in this process gives again soon. */
export async function freePort(): Promise<number> {
  const [port = 0] = await freePorts(1);
  return port;
}

/** As {@link freePort}, so many in a row. @throws after a thousand rows of which each had a port in use */
export async function freePorts(count: number): Promise<number[]> {
  for (let tries = 0; tries < 1_000; tries += 1) {
    if (next + count > above) next = lowest;
    const row = Array.from({ length: count }, (_, at) => next + at);
    next += count;
    if ((await Promise.all(row.map(isPortFree))).every(Boolean)) return row;
  }
  throw new Error(`No ${count} ports in a row are free from ${lowest} to ${above - 1}.`);
}

/** Throws an error that names the first claimed port that is taken. */
export async function assertPortsFree(
  title: string,
  claims: readonly PortClaim[],
  isFree: (port: number) => Promise<boolean> = isPortFree,
): Promise<void> {
  for (const { port, variable } of claims) {
    if (!(await isFree(port))) {
      throw new Error(
        `Port ${port} on 127.0.0.1, which ${title} needs, is in use: stop the program that holds it, ` +
          `or set ${variable} to a free port.`,
      );
    }
  }
}
