import { createServer, type AddressInfo } from 'node:net';

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

/** A port of 127.0.0.1 that nobody listened on a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}

/** Throws a sentence naming the first claimed port that is taken. */
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
