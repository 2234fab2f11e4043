import type { Readable } from 'node:stream';
import { createInterface } from 'node:readline';
import { prettyFactory } from 'pino-pretty';

/** Hands the log of a service to `say` as it comes, in lines for people. What is no JSON stays as it is. */
export function printLog(output: Readable, say: (line: string) => void, isColoured: boolean): void {
  const pretty = prettyFactory({ colorize: isColoured, ignore: 'name,service,pid,hostname' });
  createInterface({ input: output }).on('line', (line) => {
    for (const one of pretty(line).trimEnd().split('\n')) say(one);
  });
}
