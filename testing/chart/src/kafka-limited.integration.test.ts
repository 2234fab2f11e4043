import { randomUUID } from 'node:crypto';
import { kafkaClients } from '@sluice/kafka/client';
import { applyTopics, inspectTopics } from '@sluice/kafka/topics-admin';
import { checkTopics } from '@sluice/stream/check-topics';
import { topicOf, topicSettings } from '@sluice/schemas/topics';
import { allTopics } from '@sluice/vendors/topics';
import type { KafkaUser } from '@sluice/cli/kafka-users';
import { ownEnvironment, runSluice } from './testing/run-sluice.ts';
import { kafkaJars, startSecuredKafka, type SecuredKafka } from './testing/secured-kafka.ts';

jest.setTimeout(120_000);

const jars = kafkaJars();
const withKafka = jars === null ? describe.skip : describe; // the development servers run in Docker here

/** A user that may do this with the topics of the stream. */
const user = (name: string, ...operations: string[]): KafkaUser => ({
  name,
  acls: [{ type: 'topic', name: '<stream>.', pattern: 'prefix', operations }],
});
const users = [
  user('release', 'Create', 'Describe', 'DescribeConfigs', 'AlterConfigs'),
  user('looker', 'Describe', 'DescribeConfigs'),
  // AlterConfigs would include DescribeConfigs.
  user('blind', 'Read', 'Write', 'Create', 'Describe'),
];

withKafka.each(kafkaClients)('where administration is limited, with %s', (client) => {
  const stream = `test_${randomUUID().replaceAll('-', '').slice(0, 12)}`;
  let kafka: SecuredKafka;
  beforeAll(async () => {
    kafka = await startSecuredKafka(jars ?? '', users, stream);
  });
  afterAll(() => kafka.close());

  const connectionOf = (username: string) => ({
    ...{ brokers: [kafka.brokers], clientId: 'test', client },
    sasl: { mechanism: 'plain' as const, username, password: username },
  });
  const apply = (username: string, ...options: string[]) =>
    runSluice(['topics', 'apply', '--replicas', '1', '--stream', stream, ...options], {
      ...ownEnvironment(),
      ...{ SLUICE_KAFKA_BROKERS: kafka.brokers, SLUICE_KAFKA_CLIENT: client },
      ...{ SLUICE_KAFKA_SASL_MECHANISM: 'plain', SLUICE_KAFKA_USERNAME: username },
      SLUICE_KAFKA_PASSWORD: username,
    });
  const rating = `${stream}.rating.v1`;

  test('without Create, the answer names it and lists each topic with its settings', async () => {
    const { code, output } = await apply('looker');
    expect(code).toBe(1);
    expect(output).toContain(
      'Kafka did not authorize CreateTopics: this user needs the operation Create on the topics.\n' +
        'Permit this, or have these topics set by hand:\n',
    );
    for (const name of allTopics)
      expect(output).toContain(
        `  ${topicOf(stream, name)}: partitions=${topicSettings(name).partitions} replicas=1 `,
      );
    expect(output).toContain(
      `  ${rating}: partitions=6 replicas=1 cleanup.policy=delete retention.ms=1209600000 segment.ms=50400000 ` +
        'max.message.bytes=4194304 min.insync.replicas=1\n',
    );
  });

  test('without DescribeConfigs topics are created; later ones cannot be compared, and are listed', async () => {
    expect(await apply('blind')).toMatchObject({ code: 0 });
    const { code, output } = await apply('blind');
    expect(code).toBe(3);
    expect(output).toContain(
      'Kafka did not authorize DescribeConfigs: this user needs the operation DescribeConfigs',
    );
    expect(output).toContain(`  ${rating}: cleanup.policy=delete retention.ms=1209600000`);
    const dry = await apply('blind', '--dry-run');
    expect([dry.code, dry.output]).toEqual([
      0,
      expect.stringContaining(`${rating}: its settings are not known`),
    ]);
  });

  test('without AlterConfigs or Alter, what would change is listed, and nothing else', async () => {
    const settings = await apply('looker', '--retention', 'rating.v1=20d');
    expect([settings.code, settings.output]).toEqual([
      3,
      expect.stringContaining(
        'Kafka did not authorize IncrementalAlterConfigs: this user needs the operation AlterConfigs on the topics.\n' +
          `Permit this, or have these topics set by hand:\n  ${rating}: retention.ms=1728000000 segment.ms=72000000\n`,
      ),
    ]);
    const partitions = await apply('release', '--partitions', 'rating.v1=12');
    expect([partitions.code, partitions.output]).toEqual([
      3,
      expect.stringContaining(
        'Kafka did not authorize CreatePartitions: this user needs the operation Alter on the topics.\n' +
          `Permit this, or have these topics set by hand:\n  ${rating}: partitions=12\n`,
      ),
    ]);
  });

  test('a dry run needs Describe and DescribeConfigs alone', async () => {
    const { code, output } = await apply('looker', '--dry-run');
    expect([code, output]).toEqual([
      0,
      expect.stringContaining(`To create: 0. To change: 0. Unchanged: ${allTopics.length}.`),
    ]);
  });

  test('a service that may not describe settings starts, and says what it did not check', async () => {
    const { problems, warnings, retentionMs } = await checkTopics(connectionOf('blind'), stream, allTopics);
    expect([problems, retentionMs.size]).toEqual([[], 0]);
    expect(warnings).toEqual([
      expect.stringMatching(/^Kafka did not authorize DescribeConfigs: .* are not checked: .*--dry-run/),
    ]);
    const { topics, unread } = await inspectTopics(connectionOf('blind'), [rating]);
    expect([topics.get(rating)?.partitions, topics.get(rating)?.maxMessageBytes, unread?.call]).toEqual([
      6,
      null,
      'DescribeConfigs',
    ]);
    await expect(applyTopics(connectionOf('looker'), [{ ...topicSettings('other.v1'), name: `${stream}.new`, replicas: 1 }])).rejects.toThrow('CreateTopics'); // prettier-ignore
  });
});
