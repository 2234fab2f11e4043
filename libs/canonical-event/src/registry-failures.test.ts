import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Server } from 'node:net';
import { findSchemaIds, registerSchemas, schemaLookup, type RegistryConnection } from './registry.ts';

const deadlineMs = 300;

/** Runs something against a server of ours; afterwards its connections must be closed from the other side. */
async function withServer(
  server: Server,
  use: (connection: RegistryConnection) => Promise<void>,
): Promise<void> {
  const sockets = new Set<object>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).once('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  try {
    await use({ url: `http://127.0.0.1:${port}`, deadlineMs });
  } finally {
    server.close();
  }
}

const answering = (answer: (response: ServerResponse) => void): Server =>
  createServer((_, response) => {
    response.setHeader('connection', 'close');
    answer(response);
  });

const questions: [string, (connection: RegistryConnection) => Promise<unknown>][] = [
  ['schemaLookup', (connection) => schemaLookup(connection)(1)],
  ['findSchemaIds', (connection) => findSchemaIds(connection, 's', ['rating.v1'])],
  ['registerSchemas', (connection) => registerSchemas(connection, 's')],
];

describe.each(questions)('%s', (_, question) => {
  test.each([
    ['accepts connections and is silent', () => createTcpServer((socket) => socket.resume())],
    [
      'begins an answer and never ends it',
      () => answering((response) => void response.writeHead(200, { 'content-length': '100' }).write('{')),
    ],
    [
      'breaks off within an answer',
      () =>
        answering((response) => {
          response.writeHead(200, { 'content-length': '100' });
          response.write('{', () => response.destroy());
        }),
    ],
  ])('ends within its deadline when the registry %s', async (_what, makeServer) => {
    await withServer(makeServer(), async (connection) => {
      const began = performance.now();
      await expect(question(connection)).rejects.toThrow(/did not answer within 300 ms|cannot be reached/);
      expect(performance.now() - began).toBeLessThan(deadlineMs + 2_000);
    });
  });

  test.each([
    ['a page with status 200', 200, '<html>Welcome</html>'],
    ['an empty answer with status 200', 200, ''],
    ['JSON of somebody else with status 200', 200, '{"status":"ok"}'],
    ["a proxy's page with status 404", 404, '<html>nginx</html>'],
    ['a 404 of a wrong path', 404, '{"message":"No endpoint GET /schemas"}'],
  ])('%s is a failure of the server, and no statement about a schema', async (_what, status, body) => {
    const type = body.startsWith('{') ? 'application/json' : 'text/html';
    const server = answering((response) => response.writeHead(status, { 'content-type': type }).end(body));
    await withServer(server, async (connection) => {
      const failure = await question({ ...connection, deadlineMs: 5_000 }).then(String, String);
      expect(failure).toContain('Error');
      expect(failure).not.toContain('is not registered');
    });
  });
});
