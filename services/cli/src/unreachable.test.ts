import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { kafkaClients, type KafkaConnection } from '@sluice/kafka/client';
import { refusingBroker } from '@sluice/kafka/testing/refusing-broker';
import { isTopic } from '@sluice/kafka/topics-admin';
import { exitCodeOf, exitCodes } from './exit-codes.ts';

jest.setTimeout(20_000);

const patience = { retry: { retries: 0 }, requestTimeoutMs: 500, silentMs: 500, adminRetries: 0 };

describe.each(kafkaClients)('the exit code when Kafka is asked with %s', (client) => {
  const codeAt = (broker: string, change: Partial<KafkaConnection> = {}): Promise<number> =>
    isTopic({ brokers: [broker], clientId: 'test', client, patience, ...change }, 'any').then(
      () => 0,
      exitCodeOf,
    );

  test('nobody listens', async () => {
    expect(await codeAt('127.0.0.1:1')).toBe(exitCodes.unreachable);
  });

  test('who listens says nothing', async () => {
    const server = createServer((socket) => socket.resume()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const broker = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    expect(await codeAt(broker)).toBe(exitCodes.unreachable);
    server.close();
  });

  test('who listens speaks no TLS', async () => {
    const server = createServer((socket) => socket.on('data', () => socket.destroy())).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const broker = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    expect(await codeAt(broker, { tls: {} })).toBe(exitCodes.unreachable);
    server.close();
  });

  test('the login is refused', async () => {
    const broker = await refusingBroker();
    const sasl = { mechanism: 'plain', username: 'u', password: 'p' } as const;
    expect(await codeAt(broker.address, { sasl })).toBe(exitCodes.failed);
    await broker.close();
  });
});
