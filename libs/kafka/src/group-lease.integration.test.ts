import { kafkaClients } from './client.ts';
import { leaseGroup } from './group-lease.ts';
import { scratchKafka } from '../testing/scratch-kafka.ts';

jest.setTimeout(60_000);

const kafka = scratchKafka();
afterAll(() => kafka.remove());

describe.each(kafkaClients)('%s', (client) => {
  const connection = { ...kafka.connection, client };

  test('one holds a group, nobody else does until it is released', async () => {
    const [topic, groupId] = [await kafka.topic(), kafka.name()];
    const held = await leaseGroup(connection, groupId, topic, 6_000);
    expect(await held?.isHeld()).toBe(true);
    // Waits for longer than the dead would hold it: the holder is alive all the while.
    expect(await leaseGroup(connection, groupId, topic, 6_000)).toBeNull();
    await held!.release();
    const next = await leaseGroup(connection, groupId, topic, 6_000);
    expect(next).not.toBeNull();
    await next!.release();
  });

  test('of two who come at once, at most one holds it', async () => {
    const [topic, groupId] = [await kafka.topic(), kafka.name()];
    const both = await Promise.all([1, 2].map(() => leaseGroup(connection, groupId, topic, 6_000)));
    const holders = both.filter((one) => one !== null);
    expect(holders.length).toBeLessThan(2);
    for (const holder of holders) await holder.release();
  });
});
