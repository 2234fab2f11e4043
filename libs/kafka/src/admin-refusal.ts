/** Requests of an administrator that a cluster may not allow, by Kafka's names. */
export type AdminCall = 'CreateTopics' | 'CreatePartitions' | 'DescribeConfigs' | 'IncrementalAlterConfigs';

/** The ACL operation on a topic that each needs. */
const operations: Readonly<Record<AdminCall, string>> = {
  CreateTopics: 'Create',
  CreatePartitions: 'Alter',
  DescribeConfigs: 'DescribeConfigs',
  IncrementalAlterConfigs: 'AlterConfigs',
};

/**
 * Why Kafka does not do what an administrator asks:
 * - `denied`: this user may not
 * - `unsupported`: no broker of this cluster has the request, as on some managed services
 * - `rejected`: a policy of the cluster, or a setting that it does not take
 */
type Refusal = 'denied' | 'unsupported' | 'rejected';

const refusals: ReadonlyMap<number, Refusal> = new Map([
  // TOPIC_AUTHORIZATION_FAILED, CLUSTER_AUTHORIZATION_FAILED
  ...([29, 31] as const).map((code) => [code, 'denied'] as const),
  // UNSUPPORTED_VERSION
  [35, 'unsupported'],
  // INVALID_CONFIG, POLICY_VIOLATION
  ...([40, 44] as const).map((code) => [code, 'rejected'] as const),
]);

/** What the client libraries call a request that no broker has. */
const unsupportedApi = new Set(['KafkaJSServerDoesNotSupportApiKey', 'PLT_KFK_UNSUPPORTED_API']);

/** Kafka does not do what was asked, now or later: somebody else must do it, or permit it. */
export class AdminRefused extends Error {
  readonly call: AdminCall;

  constructor(call: AdminCall, why: Refusal, cause: unknown) {
    super(textOf(call, why, cause), { cause });
    this.call = call;
  }
}

function textOf(call: AdminCall, why: Refusal, cause: unknown): string {
  if (why === 'denied')
    return `Kafka did not authorize ${call}: this user needs the operation ${operations[call]} on the topics.`;
  if (why === 'unsupported') return `This cluster does not support the request ${call}.`;
  return `Kafka rejected ${call}: ${reasonsOf(cause).join('; ').replace(/\.$/, '')}.`;
}

/**
 * Makes a request that a cluster may refuse.
 * @throws AdminRefused when it does; any other error as it is
 */
export async function orRefused<T>(call: AdminCall, request: () => Promise<T>): Promise<T> {
  try {
    return await request();
  } catch (error) {
    const why = refusalOf(error);
    throw why === null ? error : new AdminRefused(call, why, error);
  }
}

/** What is read of both libraries' errors. */
interface AnyError {
  readonly name?: string;
  /** Of kafkajs a number: what a broker answered. */
  readonly code?: unknown;
  /** What a broker answered, of platformatic. */
  readonly apiCode?: number;
  readonly cause?: unknown;
  readonly errors?: readonly unknown[];
}

/** Whether an error, or one that it was made of, is a refusal; null when none is. */
function refusalOf(error: unknown, depth = 0): Refusal | null {
  if (typeof error !== 'object' || error === null || depth > 8) return null;
  const { name = '', code, apiCode, cause, errors = [] } = error as AnyError;
  if (unsupportedApi.has(name) || unsupportedApi.has(String(code))) return 'unsupported';
  const own = refusals.get(apiCode ?? Number(code));
  if (own !== undefined) return own;
  for (const one of [cause, ...errors]) {
    const why = refusalOf(one, depth + 1);
    if (why !== null) return why;
  }
  return null;
}

/** kafkajs tells why a topic was not created in a list of errors behind the one that it throws. */
function reasonsOf(error: unknown): string[] {
  if (!(error instanceof Error)) return [String(error)];
  const { errors = [] } = error as AnyError;
  return errors.length > 0 ? [...new Set(errors.flatMap(reasonsOf))] : [error.message];
}
