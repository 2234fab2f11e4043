import { createRequire } from 'node:module';
import kafkajs, {
  type KafkaConfig,
  type LogEntry,
  type logLevel,
  type RetryOptions,
  type SASLOptions,
} from 'kafkajs';
import { breakingSockets } from './breaking-sockets.ts';
import { registerCodecs } from './codecs.ts';
import { passOverUnreadableBatches } from './unreadable-batches.ts';

const { Kafka, logLevel: levels } = kafkajs;

export const kafkaClients = ['kafkajs', 'platformatic'] as const;

/** The client libraries that this one works with. */
export type KafkaClient = (typeof kafkaClients)[number];

/** How to reach the brokers. */
export interface KafkaConnection {
  readonly brokers: readonly string[];
  readonly clientId: string;
  readonly tls?: { ca?: string; cert?: string; key?: string };
  readonly sasl?: {
    readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
    readonly username: string;
    readonly password: string;
  };
  /** The library that talks to them. Default: `kafkajs`. */
  readonly client?: KafkaClient;
  /** Told what the client library logs, with payloads left out. */
  readonly onLog?: (level: 'error' | 'warn', message: string) => void;
  /** Default: enough for a broker that restarts. */
  readonly patience?: Partial<KafkaPatience>;
}

/** How long the client waits, and how often it tries. */
export interface KafkaPatience {
  readonly retry: RetryOptions;
  /** For the answer to one request, in ms. */
  readonly requestTimeoutMs: number;
  /** For anything from a broker that was asked something, in ms: then its connection is broken. */
  readonly silentMs: number;
  /** How often work with an admin client begins again after a transient failure. */
  readonly adminRetries: number;
}

const patient: KafkaPatience = {
  retry: { initialRetryTime: 100, maxRetryTime: 5_000, retries: 8 },
  requestTimeoutMs: 30_000,
  // Longer than a broker may keep a member that joins a group waiting (kafkajs: 60 s).
  silentMs: 70_000,
  // 6 s in all, with its backoff.
  adminRetries: 6,
};

/** For figures that are asked for again soon: an answer comes or fails within seconds. */
export const briefPatience: Partial<KafkaPatience> = {
  retry: { initialRetryTime: 100, retries: 1 },
  ...{ requestTimeoutMs: 10_000, silentMs: 10_000, adminRetries: 2 },
};

/** How patient a client of a connection is. */
export const patienceOf = (
  { patience }: Pick<KafkaConnection, 'patience'>,
  own: Partial<KafkaPatience> = {},
): KafkaPatience => ({ ...patient, ...patience, ...own });

quietIdleTimers();
registerCodecs();
passOverUnreadableBatches();

/**
 * A client of its own. Two consumers of one group must not share one: they would share offsets
 * (kafkajs 2.2.4, `offsetManager` is looked up by cluster and group).
 */
export function connectKafka(
  connection: KafkaConnection,
  patience: Partial<KafkaPatience> = {},
): InstanceType<typeof Kafka> {
  const { retry, requestTimeoutMs, silentMs } = patienceOf(connection, patience);
  const config: KafkaConfig = {
    clientId: connection.clientId,
    brokers: [...connection.brokers],
    // The 1 s default bursts into lock time-outs under load.
    connectionTimeout: 5_000,
    authenticationTimeout: 10_000,
    requestTimeout: requestTimeoutMs,
    enforceRequestTimeout: true,
    socketFactory: breakingSockets(silentMs),
    retry,
    logLevel: levels.WARN,
    logCreator: () => (entry) => report(entry, connection.onLog),
  };
  if (connection.tls) config.ssl = connection.tls;
  if (connection.sasl) config.sasl = { ...connection.sasl } as SASLOptions;
  return new Kafka(config);
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
