import type { Connection, ConnectionPool } from '@platformatic/kafka';
import { brokerAddressOf } from './broker-address.ts';
import { patienceOf, type KafkaConnection } from './client.ts';
import { platformaticOptions } from './platformatic/client-options.ts';

/** Operations with their numbers: https://kafka.apache.org/protocol, AclOperation. */
export const operationNumbers = {
  Read: 3,
  Write: 4,
  Create: 5,
  Delete: 6,
  Alter: 7,
  Describe: 8,
  DescribeConfigs: 10,
  AlterConfigs: 11,
} as const;

export type PermittedOperation = keyof typeof operationNumbers;

type Permitted = ReadonlyMap<string, ReadonlySet<PermittedOperation>>;

/** What a broker answers that does not tell. */
const untold = -2_147_483_648;
/** The type of a group's coordinator. */
const ofGroup = 0;
const groupAuthorizationFailed = 30;

/**
 * What this user may do with topics, which must exist and be visible to it, and with groups, which need not exist. It is
 * asked with @platformatic/kafka, since kafkajs asks for no permissions.
 * @returns by topic and by group; one of which the broker does not tell is left out
 * @throws when no broker answers
 */
export async function permittedOperations(
  connection: KafkaConnection,
  asked: { readonly topics: readonly string[]; readonly groups: readonly string[] },
): Promise<{ readonly topics: Permitted; readonly groups: Permitted }> {
  const { ConnectionPool, metadataV10 } = await import('@platformatic/kafka');
  const { clientId, ...options } = platformaticOptions(connection, patienceOf(connection).requestTimeoutMs);
  const pool = new ConnectionPool(clientId, options);
  try {
    const broker = await Promise.any(
      connection.brokers.flatMap((text) => brokerAddressOf(text) ?? []).map((address) => pool.get(address)),
    );
    const answer = await metadataV10.api.async(broker, [...asked.topics], false, true);
    const topics = answer.topics.flatMap(({ name, topicAuthorizedOperations: bits }) =>
      !name || bits === untold ? [] : [[name, operationsIn(bits)] as const],
    );
    const groups: [string, ReadonlySet<PermittedOperation>][] = [];
    for (const group of asked.groups) {
      const permitted = await permittedWithGroup(pool, broker, group);
      if (permitted) groups.push([group, permitted]);
    }
    return { topics: new Map(topics), groups: new Map(groups) };
  } finally {
    await pool.close().catch(() => undefined);
  }
}

/** Undefined where its coordinator does not tell. */
async function permittedWithGroup(
  pool: ConnectionPool,
  broker: Connection,
  group: string,
): Promise<ReadonlySet<PermittedOperation> | undefined> {
  const { describeGroupsV5, findCoordinatorV4 } = await import('@platformatic/kafka');
  try {
    const { coordinators } = await findCoordinatorV4.api.async(broker, ofGroup, [group]);
    const [address] = coordinators;
    if (!address) return undefined;
    const coordinator = await pool.get({ host: address.host, port: address.port });
    const { groups } = await describeGroupsV5.api.async(coordinator, [group], true);
    const bits = groups[0]?.authorizedOperations ?? untold;
    return bits === untold ? undefined : operationsIn(bits);
  } catch (error) {
    return codesIn(error).includes(groupAuthorizationFailed) ? new Set() : undefined;
  }
}

/** The brokers' codes in an answer that the client throws. */
function codesIn(error: unknown): unknown[] {
  const { errors = [] } = error as { errors?: readonly { apiCode?: unknown }[] };
  return errors.map(({ apiCode }) => apiCode);
}

const operationsIn = (bits: number): ReadonlySet<PermittedOperation> =>
  new Set(
    Object.entries(operationNumbers).flatMap(([name, number]) =>
      (bits & (1 << number)) === 0 ? [] : [name as PermittedOperation],
    ),
  );
