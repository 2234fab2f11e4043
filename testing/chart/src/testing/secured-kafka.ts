import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { foldersFrom } from '@sluice/dev-servers/folders';
import { kafkaClusterId } from '@sluice/dev-servers/kafka-cluster-id';
import { operationNumbers } from '@sluice/kafka/permitted-operations';
import { connectKafka } from '@sluice/kafka/kafkajs';
import { waitUntil } from '@sluice/kafka/testing/wait-until';
import { freePorts } from '@sluice/dev-servers/free-port';
import { root } from '../chart-folder.ts';
import type { KafkaUser } from '@sluice/cli/kafka-users';

/** A broker that asks who one is, and lets nobody do what no ACL permits. */
export interface SecuredKafka {
  /** Where users log in by SASL PLAIN; everyone's password is their name. By SCRAM `scram` may do everything, with its name. */
  readonly brokers: string;
  /** Where they show a certificate, and `client-one` may do everything. */
  readonly tlsBrokers: string;
  /** Where one shows an access token of the provider that it was started with, and `sluice` may do everything. */
  readonly oauthBrokers: string;
  close(): Promise<void>;
}

/** Files that one shows and trusts: `authority.crt`, `client-one.pem` and so on. */
export const certificates = join(root, 'libs/kafka/testing/certificates');

/** Kafka's jars, where the development servers keep them; null when they run in Docker, or never ran. */
export function kafkaJars(): string | null {
  const { cache } = foldersFrom(process.env);
  const names = existsSync(cache) ? readdirSync(cache).filter((name) => name.startsWith('kafka-')) : [];
  const newest = names.sort().at(-1);
  return newest === undefined ? null : join(cache, newest);
}

/** Who issues the access tokens that a broker takes. */
export interface TokenIssuer {
  readonly issuer: string;
  readonly audience: string;
  readonly keysUrl: string;
}

/** Starts it with these users' ACLs, for one stream. */
export async function startSecuredKafka(
  jars: string,
  users: readonly KafkaUser[],
  stream: string,
  tokens?: TokenIssuer,
): Promise<SecuredKafka> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-secured-kafka-'));
  const [open = 0, secured = 0, tls = 0, oauth = 0, controller = 0] = await freePorts(5);
  const oauthListener = tokens ? `,OAUTH://127.0.0.1:${oauth}` : '';
  const properties = join(folder, 'server.properties');
  const names = users.map(({ name }) => `user_${name}="${name}"`).join(' ');
  writeFileSync(
    properties,
    `process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:${controller}
listeners=OPEN://127.0.0.1:${open},SECURED://127.0.0.1:${secured},TLS://127.0.0.1:${tls}${oauthListener},CONTROLLER://127.0.0.1:${controller}
advertised.listeners=OPEN://127.0.0.1:${open},SECURED://127.0.0.1:${secured},TLS://127.0.0.1:${tls}${oauthListener}
listener.security.protocol.map=OPEN:PLAINTEXT,SECURED:SASL_PLAINTEXT,TLS:SSL,OAUTH:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=OPEN
controller.listener.names=CONTROLLER
sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512
listener.name.secured.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required ${names};
listener.name.secured.scram-sha-256.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
listener.name.secured.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
listener.name.tls.ssl.client.auth=required
listener.name.tls.ssl.keystore.type=PEM
listener.name.tls.ssl.keystore.location=${join(certificates, 'broker.pem')}
listener.name.tls.ssl.truststore.type=PEM
listener.name.tls.ssl.truststore.location=${join(certificates, 'authority.crt')}
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:ANONYMOUS;User:CN=client-one;User:sluice;User:scram
allow.everyone.if.no.acl.found=false
log.dirs=${join(folder, 'data')}
auto.create.topics.enable=false
offsets.topic.num.partitions=1
offsets.topic.replication.factor=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
log.cleaner.dedupe.buffer.size=2097152
${tokens ? tokenProperties(tokens) : ''}`,
  );
  const allowed = tokens ? [`-Dorg.apache.kafka.sasl.oauthbearer.allowed.urls=${tokens.keysUrl}`] : [];
  const java = [
    ...allowed,
    '-Xmx384m',
    '-XX:TieredStopAtLevel=1',
    '-XX:+UseSerialGC',
    '-cp',
    join(jars, '*'),
  ];
  const clusterId = kafkaClusterId();
  const format = [...java, 'kafka.tools.StorageTool', 'format', '-t', clusterId, '-c', properties];
  const scram = ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap((mechanism) => [
    ...['--add-scram', `${mechanism}=[name=scram,password=scram]`],
  ]);
  execFileSync('java', [...format, ...scram], { stdio: 'ignore' });
  const broker = spawn('java', [...java, 'kafka.Kafka', properties], {
    stdio: ['ignore', 'ignore', 'ignore'],
  });
  const ended = new Promise<void>((resolve) => broker.once('exit', () => resolve()));
  const close = async (): Promise<void> => {
    broker.kill('SIGKILL');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await permit(`127.0.0.1:${open}`, users, stream, () => broker.exitCode === null);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    brokers: `127.0.0.1:${secured}`,
    tlsBrokers: `127.0.0.1:${tls}`,
    oauthBrokers: `127.0.0.1:${oauth}`,
    close,
  };
}

/** Sessions end with their tokens, where `connections.max.reauth.ms` is set. */
const tokenProperties = ({ issuer, audience, keysUrl }: TokenIssuer): string =>
  `listener.name.oauth.sasl.enabled.mechanisms=OAUTHBEARER
listener.name.oauth.oauthbearer.sasl.jaas.config=org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required;
listener.name.oauth.oauthbearer.sasl.server.callback.handler.class=org.apache.kafka.common.security.oauthbearer.OAuthBearerValidatorCallbackHandler
listener.name.oauth.oauthbearer.connections.max.reauth.ms=3600000
sasl.oauthbearer.jwks.endpoint.url=${keysUrl}
sasl.oauthbearer.expected.issuer=${issuer}
sasl.oauthbearer.expected.audience=${audience}
sasl.oauthbearer.clock.skew.seconds=0
`;

/** As kafkajs has them, by the names of the page. */
const operations: Readonly<Record<string, number>> = operationNumbers;
const resources = { topic: 2, group: 3, cluster: 4 } as const;
const patterns = { literal: 3, prefix: 4 } as const;

async function permit(
  broker: string,
  users: readonly KafkaUser[],
  stream: string,
  isAlive: () => boolean,
): Promise<void> {
  const admin = connectKafka({ brokers: [broker], clientId: 'test' }).admin();
  await waitUntil(
    'the broker answers',
    () => {
      if (!isAlive()) throw new Error('The broker ended while starting.');
      return admin.connect().then(
        () => true,
        () => false,
      );
    },
    90_000,
  );
  try {
    const acl = users.flatMap(({ name, acls }) =>
      acls.flatMap((one) =>
        one.operations.map((operation) => ({
          resourceType: resources[one.type],
          resourceName: (one.name ?? 'kafka-cluster').replace('<stream>', stream),
          resourcePatternType: patterns[one.pattern ?? 'literal'],
          ...{ principal: `User:${name}`, host: '*', permissionType: 3 },
          operation: operations[operation] ?? 0,
        })),
      ),
    );
    // eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment -- its enums are libs/kafka's to import
    if (acl.length > 0) await admin.createAcls({ acl });
  } finally {
    await admin.disconnect();
  }
}
