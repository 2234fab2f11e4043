import type { RegistryConnection } from '@sluice/canonical-event/registry';
import { brokerAddressOf, type BrokerAddress } from '@sluice/kafka/broker-address';
import type { KafkaConnection } from '@sluice/kafka/client';
import { permittedOperations, type PermittedOperation } from '@sluice/kafka/permitted-operations';
import { riskParts, risksOf } from '@sluice/kafka/topic-risks';
import { advertisedBrokers, inspectTopics } from '@sluice/kafka/topics-admin';
import { topicOf } from '@sluice/schemas/topics';
import { broken, right, risky, type Finding } from '@sluice/service/finding';
import { allTopics } from '@sluice/vendors/topics';
import type { KafkaUser } from '../kafka-users.ts';
import { sentenceOf } from './examination.ts';
import { reachAddress } from './reach-address.ts';
import { examineWrittenIds } from './written-ids.ts';

/** An answer soon or none: the checks before have shown that somebody listens. */
const hurried = { retry: { retries: 0 }, requestTimeoutMs: 5_000, silentMs: 5_000, adminRetries: 0 };

export interface KafkaExamination {
  readonly stream: string;
  /** Whose topics and operations are examined. Undefined: all topics and the newest records, and no operations. */
  readonly user: KafkaUser | undefined;
  /** Which must have the schemas of the newest records. */
  readonly registry: RegistryConnection | undefined;
}

/** Whether the brokers are reached, take this login, and have the topics of a stream with safe settings. */
export async function* examineKafka(given: KafkaConnection, what: KafkaExamination): AsyncGenerator<Finding> {
  const connection: KafkaConnection = { ...given, patience: hurried };
  const addresses = connection.brokers.flatMap((text) => brokerAddressOf(text) ?? []);
  const listed = await reachAll(connection, addresses, '--brokers');
  const isReached = listed.some(({ severity }) => severity !== 'broken');
  // One address of several is enough to find the others.
  yield* listed.map((finding) =>
    isReached && finding.severity === 'broken' ? lessSevere(finding) : finding,
  );
  if (!isReached) return;
  let advertised: readonly BrokerAddress[];
  try {
    advertised = await advertisedBrokers(connection);
  } catch (error) {
    yield broken('kafka-login', sentenceOf(error), adviceOnLogin(connection));
    return;
  }
  const count = `${advertised.length} ${advertised.length === 1 ? 'broker' : 'brokers'}`;
  yield right('kafka-login', `It takes this login. The cluster has ${count}.`);
  const others = advertised.filter(
    ({ host, port }) => !addresses.some((one) => one.host === host && one.port === port),
  );
  const reached = await reachAll(connection, others, 'advertised.listeners of the broker');
  yield* reached.map((finding) => (finding.severity === 'right' ? finding : ofAdvertised(finding)));
  if (reached.every(({ severity }) => severity !== 'broken')) yield* examineTopics(connection, what);
}

async function reachAll(
  { tls }: KafkaConnection,
  addresses: readonly BrokerAddress[],
  how: string,
): Promise<Finding[]> {
  const found = await Promise.all(
    addresses.map((address) => reachAddress({ ...address, tls: tls ?? null }, how)),
  );
  return found.flat();
}

const lessSevere = (finding: Finding): Finding => ({ ...finding, severity: 'risky' });

/** Of the address that a broker tells clients to use, where it is not one that was given. */
const ofAdvertised = (finding: Finding): Finding => ({
  ...finding,
  check: `advertised-${finding.check}`,
  text: `A broker tells clients to use another address. ${finding.text}`,
});

function adviceOnLogin({ sasl, tls }: KafkaConnection): string {
  const listener = `Check that the port is of a listener with ${tls ? 'TLS' : 'no TLS'} and ${sasl ? sasl.mechanism.toUpperCase() : 'no SASL'}`;
  return sasl
    ? `${listener}, and the user with its secret.`
    : `${listener}: SLUICE_KAFKA_TLS, SLUICE_KAFKA_SASL_MECHANISM.`;
}

async function* examineTopics(
  connection: KafkaConnection,
  { stream, user, registry }: KafkaExamination,
): AsyncGenerator<Finding> {
  const needed = user && neededOf(user, stream);
  const names = needed ? [...needed.topics.keys()] : allTopics.map((name) => topicOf(stream, name));
  const inspected = await inspectTopics(connection, names);
  const missing = names.filter((name) => !inspected.topics.has(name));
  if (missing.length > 0) {
    const more = missing.length > 3 ? ` and ${missing.length - 3} more` : '';
    yield broken(
      'topics',
      `Topics are missing, or this user may not describe them: ${missing.slice(0, 3).join(', ')}${more}.`,
      `Run "sluice topics apply --stream ${stream}".`,
    );
    return;
  }
  yield right('topics', `It has the ${names.length} topics of ${stream}.`);
  if (needed) yield* examineOperations(connection, needed);
  if (inspected.unread)
    yield risky(
      'topic-settings',
      inspected.unread.message,
      'Permit DescribeConfigs, or compare them by hand with "sluice topics apply --dry-run".',
    );
  if (inspected.brokers === 1)
    yield risky(
      'one-broker',
      'The cluster has one broker: what was acknowledged is lost with its disk.',
      'Use three brokers in production.',
    );
  for (const found of risksOf(inspected.topics, inspected.brokers)) {
    const { meaning, remedy } = riskParts(found);
    yield risky(found.risk, meaning, remedy);
  }
  if (registry && !user) yield* examineWrittenIds(connection, registry, stream);
}

type ByName = ReadonlyMap<string, ReadonlySet<string>>;

interface Needed {
  readonly topics: ByName;
  readonly groups: ByName;
}

/** What a user must be permitted. A prefix stands for the topics of the release, and for no group. */
function neededOf({ acls }: KafkaUser, stream: string): Needed {
  const [topics, groups] = [new Map<string, Set<string>>(), new Map<string, Set<string>>()];
  const names = allTopics.map((one) => topicOf(stream, one));
  for (const { type, name, pattern, operations } of acls) {
    if (type === 'cluster' || name === undefined) continue;
    const given = name.replace('<stream>', stream);
    const meant = pattern === 'prefix' ? names.filter((one) => one.startsWith(given)) : [given];
    const needed = type === 'topic' ? topics : groups;
    for (const one of meant) needed.set(one, new Set([...(needed.get(one) ?? []), ...operations]));
  }
  return { topics, groups };
}

async function* examineOperations(connection: KafkaConnection, needed: Needed): AsyncGenerator<Finding> {
  const permitted = await permittedOperations(connection, {
    topics: [...needed.topics.keys()],
    groups: [...needed.groups.keys()],
  });
  const lacking = [
    ...lackingIn(permitted.topics, needed.topics, 'topic'),
    ...lackingIn(permitted.groups, needed.groups, 'group'),
  ];
  if (lacking.length > 0) {
    const more = lacking.length > 3 ? `; and on ${lacking.length - 3} more` : '';
    yield broken(
      'acls',
      `This user lacks ${lacking.slice(0, 3).join('; ')}${more}.`,
      'Add them: docs/reference/kafka-acls.md lists what each component needs.',
    );
  } else if (permitted.topics.size > 0)
    yield right('acls', 'This user may do what it needs with these topics and its groups.');
}

const lackingIn = (
  permitted: ReadonlyMap<string, ReadonlySet<PermittedOperation>>,
  needed: ByName,
  type: string,
): string[] =>
  [...permitted].flatMap(([name, may]) => {
    const without = [...(needed.get(name) ?? [])].filter((one) => !may.has(one as PermittedOperation));
    return without.length === 0 ? [] : [`${without.join(', ')} on the ${type} ${name}`];
  });
