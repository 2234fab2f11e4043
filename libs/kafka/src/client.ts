import type { KafkaTls } from './renewing-tls.ts';

export const kafkaClients = ['kafkajs', 'platformatic'] as const;

/** The client libraries that this one works with. */
export type KafkaClient = (typeof kafkaClients)[number];

/** How record batches can be written. Reading needs no setting: a batch says how it is compressed. */
export type KafkaCompression = 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd';

export const defaultKafkaClient: KafkaClient = 'kafkajs';

/** How to reach the brokers. */
export interface KafkaConnection {
  readonly brokers: readonly string[];
  readonly clientId: string;
  /** Absent: no TLS. Read for each connection: see `renewingTls`. */
  readonly tls?: KafkaTls;
  /** Absent: no login. Its password or token is read for each login: see `lastGood` and `clientCredentials`. */
  readonly sasl?: PasswordLogin | TokenLogin;
  /** The library that talks to them. Default: `kafkajs`. */
  readonly client?: KafkaClient;
  /** Of what is written. Default: `none`. */
  readonly compression?: KafkaCompression;
  /** Told what the client library logs, with payloads left out. */
  readonly onLog?: (level: 'error' | 'warn', message: string) => void;
  /** Called for a batch that a broker refused, with the error's name in Kafka's protocol: `INVALID_TIMESTAMP`. */
  readonly onRefused?: (topic: string, error: string) => void;
  /** Default: enough for a broker that restarts. */
  readonly patience?: Partial<KafkaPatience>;
}

export interface PasswordLogin {
  readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
  readonly username: string;
  readonly password: string;
}

/** By an access token (KIP-255). */
export interface TokenLogin {
  readonly mechanism: 'oauthbearer';
  /** Rejects when no token can be had: the login is tried again later. */
  token(): Promise<string>;
  /** SASL extensions that the broker asks for, by their names. */
  readonly extensions?: Readonly<Record<string, string>>;
}

/** How long the client waits, and how often it tries. */
export interface KafkaPatience {
  /** Of one request that fails; times in ms, each one twice the one before. */
  readonly retry: {
    readonly retries: number;
    readonly initialRetryTime?: number;
    readonly maxRetryTime?: number;
  };
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
