import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerWith } from '../helper-process.ts';

/** What the baseline reports about itself. */
export interface BaselineState {
  readonly port: number;
  readonly cpuSeconds: number;
}

// The least that a receiver must do: read the body, answer as the vendor wants it.
const server = createServer((request, response) => {
  request.resume();
  request.once('end', () => {
    response.writeHead(200, { 'content-type': 'text/plain', 'content-length': 7 }).end('success');
  });
});
const listening = new Promise<void>((resolve) => {
  server.listen(0, '127.0.0.1', () => resolve());
});

answerWith(async (): Promise<BaselineState> => {
  await listening;
  const { user, system } = process.cpuUsage();
  return { port: (server.address() as AddressInfo).port, cpuSeconds: (user + system) / 1e6 };
});
