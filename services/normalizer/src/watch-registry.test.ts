import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createTelemetry } from '@sluice/telemetry/telemetry';
import { waitUntil } from '@sluice/kafka/testing/wait-until';
import { watchRegistry } from './watch-registry.ts';

const servers: Server[] = [];
afterAll(() => {
  for (const server of servers) server.close();
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('a registry that fails, has lost the schema or is silent makes one warning, and is reachable again', async () => {
  const json = { 'content-type': 'application/json' };
  const schema: RequestListener = (_, response) => void response.end('{"schema":"\\"string\\""}');
  const failing: RequestListener[] = [
    (_, response) => void response.writeHead(500).end(),
    (_, response) => void response.writeHead(404, json).end('{"error_code":40403,"message":"not found"}'),
    () => undefined,
  ];
  for (const fail of failing) {
    let listener = schema;
    const url = await serve((request, response) => listener(request, response));
    const telemetry = createTelemetry('normalizer');
    const warned: string[] = [];
    const watch = watchRegistry(
      { url, deadlineMs: 200 },
      7,
      5,
      {
        ...{ telemetry, log: { warn: (message: unknown) => void warned.push(String(message)) } },
      },
      () => undefined,
    );
    const shows = (value: number) => async () =>
      new RegExp(`^sluice_registry_away\\{.*\\} ${value}$`, 'm').test(await telemetry.text());
    try {
      await waitUntil('it is there', shows(0));
      listener = fail;
      await waitUntil('it is away', shows(1));
      listener = schema;
      await waitUntil('it is there again', shows(0));
      expect(warned).toHaveLength(1);
    } finally {
      await watch.stop();
    }
  }
}, 30_000);

test('a registry that says twice that it does not have the schema has lost it', async () => {
  const json = { 'content-type': 'application/json' };
  let asked = 0;
  const url = await serve((_, response) => {
    asked += 1;
    // Once, and a failure between: neither counts.
    if (asked === 2) response.writeHead(500).end();
    else if (asked === 3) response.end('{"schema":"\\"string\\""}');
    else response.writeHead(404, json).end('{"error_code":40403,"message":"not found"}');
  });
  const lost: string[] = [];
  const watch = watchRegistry(
    { url, deadlineMs: 1_000 },
    7,
    5,
    { telemetry: createTelemetry('normalizer'), log: { warn: () => undefined } },
    ({ message }) => lost.push(`${asked}: ${message}`),
  );
  await waitUntil('it is asked a few times more', () => asked > 8);
  await watch.stop();
  expect(lost).toEqual([
    '5: The schema registry has lost schema 7: restore it, or run "sluice schemas register".',
  ]);
});
