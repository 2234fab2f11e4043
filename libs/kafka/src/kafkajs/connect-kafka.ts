import { createRequire } from 'node:module';
import kafkajs, {
  type KafkaConfig,
  type LogEntry,
  type logLevel,
  type Mechanism,
  type SASLOptions,
} from 'kafkajs';
import { patienceOf, type KafkaConnection, type KafkaPatience } from '../client.ts';
import { asKafkajsReads, breakingSockets, type ClientSockets } from './breaking-sockets.ts';
import { registerCodecs } from './codecs.ts';
import { kafkajsTokenLogin } from './token-login.ts';
import { alterConfigsIncrementally } from './incremental-alter-configs.ts';
import { passOverUnreadableBatches } from './unreadable-batches.ts';

const { Kafka, logLevel: levels } = kafkajs;

quietIdleTimers();
registerCodecs();
passOverUnreadableBatches();
alterConfigsIncrementally();

/**
 * A client of its own. Two consumers of one group must not share one: they would share offsets
 * (kafkajs 2.2.4, `offsetManager` is looked up by cluster and group).
 */
export function connectKafka(
  connection: KafkaConnection,
  patience: Partial<KafkaPatience> = {},
  sockets?: ClientSockets,
): InstanceType<typeof Kafka> {
  const { retry, requestTimeoutMs, silentMs } = patienceOf(connection, patience);
  const config: KafkaConfig = {
    clientId: connection.clientId,
    brokers: connection.brokers.map(asKafkajsReads),
    // The 1 s default bursts into lock time-outs under load.
    connectionTimeout: 5_000,
    authenticationTimeout: 10_000,
    // With the 10 s default, sessions that are shorter would log in for each request, and be refused (KIP-368).
    reauthenticationThreshold: 3_000,
    requestTimeout: requestTimeoutMs,
    enforceRequestTimeout: true,
    socketFactory: breakingSockets(silentMs, sockets),
    retry,
    logLevel: levels.WARN,
    logCreator: () => (entry) => report(entry, connection.onLog),
  };
  if (connection.tls) config.ssl = connection.tls;
  if (connection.sasl) config.sasl = loginOf(connection.sasl);
  return new Kafka(config);
}

function loginOf(login: NonNullable<KafkaConnection['sasl']>): SASLOptions | Mechanism {
  if (login.mechanism === 'oauthbearer') return kafkajsTokenLogin(login);
  return {
    mechanism: login.mechanism,
    username: login.username,
    // kafkajs reads it for each login.
    get password() {
      return login.password;
    },
  } as SASLOptions;
}

function report(entry: LogEntry, onLog: KafkaConnection['onLog']): void {
  const level: logLevel = entry.level;
  // Only the library's message: its other fields may hold whole messages.
  onLog?.(level === levels.ERROR ? 'error' : 'warn', `${entry.namespace}: ${entry.log.message}`);
}

/**
 * kafkajs re-arms a timer for every connection for ever, every millisecond when idle (the interval it
 * computes is negative): 4–6 % of a core for nothing. With nothing pending there is nothing to check.
 */
function quietIdleTimers(): void {
  interface RequestQueue {
    pending: unknown[];
    scheduleCheckPendingRequests(): void;
  }
  const load = createRequire(import.meta.url);
  const { prototype } = load('kafkajs/src/network/requestQueue') as { prototype: RequestQueue };
  const schedule = Reflect.get<RequestQueue, 'scheduleCheckPendingRequests'>(
    prototype,
    'scheduleCheckPendingRequests',
  );
  prototype.scheduleCheckPendingRequests = function (this: RequestQueue) {
    if (this.pending.length > 0) schedule.call(this);
  };
}
