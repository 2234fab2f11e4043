import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '@sluice/dev-servers/free-port';
import { kafkaClients, type KafkaConnection } from '@sluice/kafka/client';
import { runConsumer, type PartitionBatch } from '@sluice/kafka/consumer';
import { createPublisher } from '@sluice/kafka/publisher';
import { waitUntil } from '@sluice/kafka/testing/wait-until';
import { applyTopics } from '@sluice/kafka/topics-admin';
import { connectWith, impatient, seenBy } from './testing/login.ts';
import { kafkaJars, startSecuredKafka, type SecuredKafka } from './testing/secured-kafka.ts';

jest.setTimeout(180_000);

const jars = kafkaJars();
const withKafka = jars === null ? describe.skip : describe; // the development servers run in Docker here

withKafka('Kafka with access tokens and passwords', () => {
  let [kafka, issuer] = [{} as SecuredKafka, ''];
  let provider: ChildProcess;
  /** How many tokens the provider has issued. */
  let issued = 0;
  const folder = mkdtempSync(join(tmpdir(), 'sluice-oauth-'));
  /** What the provider, and the client, have for the client's secret. */
  const [its, own] = [join(folder, 'its'), join(folder, 'own')];
  const setSecret = (secret: string): void => {
    writeFileSync(its, secret);
    writeFileSync(own, `${secret}\n`);
  };
  beforeEach(() => setSecret('first'));
  beforeAll(async () => {
    setSecret('first');
    const [port = 0] = await freePorts(1);
    issuer = `http://127.0.0.1:${port}`;
    const script = join(import.meta.dirname, 'testing/oidc-provider.ts');
    provider = spawn(process.execPath, [script, String(port), its], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(provider.stdout!, 'data');
    provider.stdout!.on('data', (lines: Buffer) => (issued += lines.toString().split('\n').length - 1));
    kafka = await startSecuredKafka(jars ?? '', [], 'none', {
      ...{ issuer, audience: 'kafka', keysUrl: `${issuer}/jwks` },
    });
  });
  afterAll(async () => {
    await kafka.close();
    provider.kill();
    rmSync(folder, { recursive: true, force: true });
  });

  describe.each(kafkaClients)('with %s', (client) => {
    const topic = `test-${client}`;
    const messages: string[] = [];
    beforeEach(() => void (messages.length = 0));
    function connect(change: Record<string, string | undefined> = {}): KafkaConnection {
      const env = {
        SLUICE_KAFKA_BROKERS: kafka.oauthBrokers,
        SLUICE_KAFKA_CLIENT: client,
        SLUICE_KAFKA_SASL_MECHANISM: 'oauthbearer',
        SLUICE_KAFKA_USERNAME: 'sluice',
        SLUICE_KAFKA_PASSWORD_FILE: own,
        SLUICE_KAFKA_OAUTH_TOKEN_URL: `${issuer}/token`,
        SLUICE_KAFKA_OAUTH_SCOPE: 'kafka',
        ...change,
      };
      return connectWith(env, messages);
    }
    const seen = (connection: KafkaConnection) => seenBy(connection, topic);
    beforeAll(() => {
      setSecret('first');
      return applyTopics(connect(), [
        { name: topic, partitions: 2, replicas: 1, retentionMs: 3_600_000, maxMessageBytes: 100_000 },
      ]);
    });

    test('sessions outlast their tokens, and a change of the secret, under load', async () => {
      const connection = connect();
      const publisher = createPublisher(connection, [topic]);
      const read: string[] = [];
      const fatal: Error[] = [];
      const consumer = await runConsumer(connect(), {
        ...{ groupId: topic, topics: [topic], partitionsAtOnce: 2, maxBytesPerPartition: 100_000 },
        ...{ maxWaitMs: 500, sessionTimeoutMs: 10_000 },
        onBatch(batch: PartitionBatch, control) {
          for (const { value } of batch.records) read.push(String(value));
          return control.done(batch.records.at(-1)!);
        },
        onFatalError: (error) => void fatal.push(error),
      });
      await waitUntil('the publisher is ready', () => publisher.ready());
      const outcomes: string[] = [];
      const issuedBefore = issued;
      while (issued < issuedBefore + 5) {
        const round = outcomes.length;
        if (round === 20) setSecret('second');
        const records = Array.from({ length: 20 }, (_, index) => ({
          ...{ topic, key: Buffer.from(`k${index}`), headers: {} },
          value: Buffer.from(`${round + index}`),
        }));
        const sent = await Promise.all(records.map((record) => publisher.publish(record)));
        outcomes.push(...sent.map(({ outcome }) => outcome));
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      expect(outcomes.filter((outcome) => outcome !== 'published')).toEqual([]);
      await waitUntil('everything is read', () => read.length >= outcomes.length);
      expect(new Set(read).size).toBe(outcomes.length);
      await consumer.stop();
      await publisher.close();
      expect(fatal).toEqual([]);
    });

    test('another secret: the message says what the provider answers', async () => {
      writeFileSync(own, 'stale');
      const problem =
        /\/token gives no access token for Kafka: it answers 401\. Check the client's id and its secret/;
      await expect(seen({ ...connect(), ...impatient })).rejects.toThrow();
      expect(messages).toContainEqual(expect.stringMatching(problem));
    });

    test('a token that Kafka refuses: the message says so', async () => {
      writeFileSync(own, 'a.token.of-nobody');
      const change = {
        SLUICE_KAFKA_USERNAME: undefined,
        SLUICE_KAFKA_OAUTH_TOKEN_URL: undefined,
        SLUICE_KAFKA_OAUTH_SCOPE: undefined,
      };
      await expect(seen({ ...connect(change), ...impatient })).rejects.toThrow(
        /Kafka refuses the access token \(\{"status":"invalid_token"\}\)/,
      );
    });

    test.each(['scram-sha-256', 'scram-sha-512'])(
      'a password by %s is read for each login',
      async (mechanism) => {
        const change = {
          SLUICE_KAFKA_BROKERS: kafka.brokers,
          SLUICE_KAFKA_SASL_MECHANISM: mechanism,
          SLUICE_KAFKA_USERNAME: 'scram',
          SLUICE_KAFKA_OAUTH_TOKEN_URL: undefined,
          SLUICE_KAFKA_OAUTH_SCOPE: undefined,
        };
        writeFileSync(own, 'former');
        const connection = connect(change);
        await expect(seen({ ...connection, ...impatient })).rejects.toThrow(/authentication failed/i);
        writeFileSync(own, 'scram\n');
        expect(await seen(connection)).toEqual([topic]);
      },
    );
  });
});
