import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createDurableWriter } from './durable-writer.ts';
import { createCircuitBreaker } from './circuit-breaker.ts';
import { createFakePublisher } from '@sluice/kafka/testing/fake-publisher';
import { createIngressDeadLetters } from './ingress-dead-letters.ts';

/** Takes connections and never answers. */
let silent: Server;
const sockets = new Set<Socket>();
beforeAll(async () => {
  silent = createServer((socket) => sockets.add(socket)).listen(0, '127.0.0.1');
  await once(silent, 'listening');
});
afterAll(() => {
  for (const socket of sockets) socket.destroy();
  silent.close();
});

const deadLetter = {
  id: 'id',
  stage: 'INGRESS' as const,
  reason: 'UNDECRYPTABLE' as const,
  payload: Buffer.from('body'),
  first_seen: 1,
};

test('a registry that never answers holds up neither a dead letter nor what is spooled behind it', async () => {
  const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  const deadLetters = createIngressDeadLetters({ url }, 100);
  const spooled: string[] = [];
  const writer = createDurableWriter({
    publisher: createFakePublisher(),
    breaker: createCircuitBreaker(5),
    spool: null,
    prepare: (record) => deadLetters.prepare(record),
    insteadOf: (record) => deadLetters.insteadOf(record),
    on: { spooled: () => undefined, tooLarge: () => undefined, problem: () => undefined },
  });
  const spooling = {
    ...writer,
    spool: (record: { headers: object }) => {
      spooled.push(...Object.keys(record.headers));
      return Promise.resolve('spooled' as const);
    },
  };
  const outcomes = await Promise.all(
    Array.from({ length: 20 }, () => deadLetters.write('sluice', deadLetter, spooling)),
  );
  expect(new Set(outcomes)).toEqual(new Set(['spooled']));
  // One look-up was out for all of them, and those that come later do not wait for it.
  expect(sockets.size).toBe(1);
  expect(spooled).toContain('sluice-unregistered-stream');
  const record = {
    topic: 'sluice.dead-letter',
    key: Buffer.from('id'),
    value: Buffer.alloc(8),
    headers: { 'sluice-unregistered-stream': 'sluice' },
  };
  expect(await deadLetters.prepare(record)).toBeNull();
});
