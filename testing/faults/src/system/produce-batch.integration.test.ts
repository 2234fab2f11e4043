import { gzipSync } from 'node:zlib';
import { testEndpoints } from '@sluice/dev-servers/test-endpoints';
import { readRange } from '@sluice/kafka/read-range';
import { scratchKafka } from '@sluice/kafka/testing/scratch-kafka';
import { encodeRecord, produceBatch } from './produce-batch.ts';

jest.setTimeout(60_000);

const kafka = scratchKafka();
afterAll(() => kafka.remove());

test('a batch written by hand is read as any other', async () => {
  const topic = await kafka.topic();
  const records = ['a', '大'.repeat(500)].map((value, place) =>
    encodeRecord({ key: Buffer.from(`k${place}`), value: Buffer.from(value), headers: { h: 'x' } }, place),
  );
  const [broker = ''] = testEndpoints().kafkaBrokers;
  const compressed = gzipSync(Buffer.concat(records));
  const batch = { broker, topic, partition: 0, codec: 'gzip', records: 2, compressed } as const;
  expect(await produceBatch(batch)).toBe(0n);
  expect(await produceBatch(batch)).toBe(2n);

  const found: string[] = [];
  await readRange(
    kafka.connection,
    { topic, from: new Map(), to: new Map([[0, 4n]]) },
    ({ key, value, headers }) =>
      found.push(`${key?.toString() ?? ''} ${value?.length ?? 0} ${headers.h?.toString() ?? ''}`),
  );
  expect(found.slice(0, 2)).toEqual(['k0 1 x', 'k1 1500 x']);
  expect(found).toHaveLength(4);
});

test('what Kafka refuses is an error', async () => {
  const topic = await kafka.topic();
  const [broker = ''] = testEndpoints().kafkaBrokers;
  const compressed = Buffer.from('this is no gzip');
  await expect(
    produceBatch({ broker, topic, partition: 0, codec: 'gzip', records: 1, compressed }),
  ).rejects.toThrow(/Kafka refused the batch with error -?\d+/);
});
