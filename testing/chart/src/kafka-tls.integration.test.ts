import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kafkaClients, type KafkaConnection } from '@sluice/kafka/client';
import { createPublisher } from '@sluice/kafka/publisher';
import { readRange } from '@sluice/kafka/read-range';
import { waitUntil } from '@sluice/kafka/testing/wait-until';
import { applyTopics, endOffsets } from '@sluice/kafka/topics-admin';
import { connectWith, impatient, seenBy } from './testing/login.ts';
import { certificates, kafkaJars, startSecuredKafka, type SecuredKafka } from './testing/secured-kafka.ts';

jest.setTimeout(120_000);

const jars = kafkaJars();
const withKafka = jars === null ? describe.skip : describe; // the development servers run in Docker here

withKafka('Kafka with certificates', () => {
  let kafka: SecuredKafka;
  const folder = mkdtempSync(join(tmpdir(), 'sluice-tls-'));
  /** Its certificate and key in one file, as whatever renews them leaves it. */
  const own = join(folder, 'client.pem');
  const renew = (name: string): void => copyFileSync(join(certificates, name), own);
  beforeEach(() => renew('client-one.pem'));
  beforeAll(async () => {
    renew('client-one.pem');
    kafka = await startSecuredKafka(jars ?? '', [], 'none');
  });
  afterAll(async () => {
    await kafka.close();
    rmSync(folder, { recursive: true, force: true });
  });

  describe.each(kafkaClients)('with %s', (client) => {
    const topic = `test-${client}`;
    const warnings: string[] = [];
    function connect(change: Record<string, string | undefined> = {}): KafkaConnection {
      const env = {
        SLUICE_KAFKA_BROKERS: kafka.tlsBrokers,
        SLUICE_KAFKA_CLIENT: client,
        SLUICE_KAFKA_TLS: 'on',
        SLUICE_KAFKA_TLS_CA_FILE: join(certificates, 'authority.crt'),
        SLUICE_KAFKA_TLS_CERT_FILE: own,
        SLUICE_KAFKA_TLS_KEY_FILE: own,
        ...change,
      };
      return connectWith(env, warnings);
    }
    const seen = (connection: KafkaConnection) => seenBy(connection, topic);
    const record = { topic, key: Buffer.from('key'), value: Buffer.from('value'), headers: {} };
    beforeAll(() =>
      applyTopics(connect(), [
        { name: topic, partitions: 1, replicas: 1, retentionMs: 3_600_000, maxMessageBytes: 100_000 },
      ]),
    );

    test('writes and reads', async () => {
      const connection = connect();
      const publisher = createPublisher(connection, [topic]);
      await waitUntil('the publisher is ready', () => publisher.ready());
      expect((await publisher.publish(record)).outcome).toBe('published');
      await publisher.close();
      const values: (string | undefined)[] = [];
      const to = await endOffsets(connection, topic);
      await readRange(connection, { topic, from: new Map(), to }, ({ value }) =>
        values.push(value?.toString()),
      );
      expect(values).toEqual(['value']);
    });

    test.each([
      ['no certificate', { SLUICE_KAFKA_TLS_CERT_FILE: undefined, SLUICE_KAFKA_TLS_KEY_FILE: undefined }],
      ['another authority', { SLUICE_KAFKA_TLS_CA_FILE: join(certificates, 'stranger.crt') }],
      ['only the authorities of the system', { SLUICE_KAFKA_TLS_CA_FILE: undefined }],
    ])('with %s nobody connects', async (_, change) => {
      await expect(seen({ ...connect(change), ...impatient })).rejects.toThrow();
    });

    test('a certificate is renewed while it runs', async () => {
      const connection = connect();
      const publisher = createPublisher(connection, [topic]);
      await waitUntil('the publisher is ready', () => publisher.ready());
      writeFileSync(own, 'half of a certificate');
      expect(await seen(connection)).toEqual([topic]);
      expect(warnings.at(-1)).toMatch(/^The certificates for Kafka cannot be read again/);
      expect((await publisher.publish(record)).outcome).toBe('published');
      // Known to the broker, and allowed nothing: it shows to nobody which topics there are.
      renew('client-two.pem');
      expect(await seen(connection)).toEqual([]);
      expect((await publisher.publish(record)).outcome).toBe('published');
      renew('client-one.pem');
      expect(await seen(connection)).toEqual([topic]);
      await publisher.close();
    });
  });
});
