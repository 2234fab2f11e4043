import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { kafkaClients } from './client.ts';
import { findTopics } from './topics-admin.ts';
import { scratchKafka } from '../testing/scratch-kafka.ts';

jest.setTimeout(20_000);

const kafka = scratchKafka();
const hasIpv6 = Object.values(networkInterfaces()).some((all) =>
  all?.some(({ address }) => address === '::1'),
);

let server: Server;
const sockets = new Set<Socket>();
beforeAll(async () => {
  const [host = '', port] = kafka.connection.brokers[0]?.split(':') ?? [];
  server = createServer((client) => {
    const broker = connect(Number(port), host);
    client.pipe(broker).pipe(client);
    for (const socket of [client, broker]) sockets.add(socket.on('error', () => undefined));
  });
  if (hasIpv6) await once(server.listen(0, '::1'), 'listening');
});
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  server.close();
  await kafka.remove();
});

// Where there is no IPv6, there is nothing to listen on.
(hasIpv6 ? test : test.skip).each(kafkaClients)('%s finds a broker by its IPv6 address', async (client) => {
  const topic = await kafka.topic();
  const before = sockets.size;
  const brokers = [`[::1]:${(server.address() as AddressInfo).port}`];
  const found = await findTopics({ ...kafka.connection, client, brokers }, [topic]);
  expect([...found.keys()]).toEqual([topic]);
  expect(sockets.size).toBeGreaterThan(before);
});
