import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { Command } from 'commander';
import { exitCodeOf, exitCodes, Undone, UsageError } from './exit-codes.ts';
import { brokers, gateway, registry } from './options.ts';
import { reachServers } from './reach.ts';

jest.setTimeout(30_000);

const listening = async () => {
  const server = createServer((socket) => socket.destroy());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return { server, address: `127.0.0.1:${(server.address() as AddressInfo).port}` };
};
const parsed = (...args: string[]): Command =>
  new Command().addOption(brokers()).addOption(registry()).addOption(gateway()).parse(args, { from: 'user' });

test('one broker of several is enough, and what is not named is not looked for', async () => {
  const { server, address } = await listening();
  await expect(reachServers(parsed('--brokers', `127.0.0.1:1,${address}`))).resolves.toBeUndefined();
  server.close();
});

test('each server that does not take a connection is named, with its option', async () => {
  const command = parsed('--brokers', '127.0.0.1:1', '--schema-registry', 'http://127.0.0.1:2');
  const failure = await reachServers(command).catch((error: unknown) => error);
  expect((failure as Error).message.split('\n')).toEqual([
    'Kafka at 127.0.0.1:1 (--brokers) cannot be reached: connect ECONNREFUSED 127.0.0.1:1.',
    'The schema registry at http://127.0.0.1:2 (--schema-registry) cannot be reached: connect ECONNREFUSED 127.0.0.1:2.',
  ]);
  expect(exitCodeOf(failure)).toBe(exitCodes.unreachable);
});

test('a server that comes while it is tried is reached', async () => {
  const { server, address } = await listening();
  server.close();
  await once(server, 'close');
  const reached = reachServers(parsed('--brokers', address));
  server.listen(Number(address.split(':')[1]), '127.0.0.1');
  await expect(reached).resolves.toBeUndefined();
  server.close();
});

test('a gateway that does not listen is not waited for', async () => {
  const startedAt = performance.now();
  const reached = reachServers(parsed('--url', 'http://127.0.0.1:2'));
  await expect(reached).rejects.toThrow('The gateway at http://127.0.0.1:2 (--url) cannot be reached: ');
  expect(performance.now() - startedAt).toBeLessThan(4_000);
});

const withCode = (code: string): Error => Object.assign(new Error('x'), { code });
test.each<[string, unknown, number]>([
  ['a failure', new Error('x'), exitCodes.failed],
  ['what is no error', 'x', exitCodes.failed],
  ['options that do not go together', new UsageError('x'), exitCodes.usage],
  ['a part that is left', new Undone('x'), exitCodes.undone],
  ['a server that refuses connections', withCode('ECONNREFUSED'), exitCodes.unreachable],
  ['a cause of that kind', new Error('x', { cause: withCode('ENOTFOUND') }), exitCodes.unreachable],
  ['several addresses', new AggregateError([withCode('EHOSTUNREACH')]), exitCodes.unreachable],
])('%s has its exit code', (_name, error, wanted) => expect(exitCodeOf(error)).toBe(wanted));
