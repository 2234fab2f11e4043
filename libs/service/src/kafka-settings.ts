import { z } from 'zod';
import type { Log } from './log.ts';
import { list, secret } from './read-config.ts';
import type { Secret } from './secret.ts';
import { throttled } from './throttled.ts';

/** Settings of anybody who talks to Kafka. */
export const kafkaShape = {
  kafkaBrokers: list,
  kafkaClient: z.enum(['kafkajs', 'platformatic']).default('kafkajs'),
  kafkaCompression: z.enum(['none', 'gzip', 'snappy', 'zstd']).default('none'),
  kafkaTls: z.enum(['on', 'off']).default('off'),
  kafkaSaslMechanism: z.enum(['plain', 'scram-sha-256', 'scram-sha-512']).optional(),
  kafkaUsername: z.string().optional(),
  kafkaPassword: secret.optional(),
};

/** Settings of anybody who talks to the schema registry. */
export const registryShape = {
  registryUrl: z.url(),
  registryUsername: z.string().optional(),
  registryPassword: secret.optional(),
};

interface KafkaSettings {
  kafkaBrokers: string[];
  kafkaClient: 'kafkajs' | 'platformatic';
  kafkaCompression: 'none' | 'gzip' | 'snappy' | 'zstd';
  kafkaTls: 'on' | 'off';
  kafkaSaslMechanism?: 'plain' | 'scram-sha-256' | 'scram-sha-512' | undefined;
  kafkaUsername?: string | undefined;
  kafkaPassword?: Secret | undefined;
}

/**
 * What a Kafka client is connected with.
 * @param log of a service: gets what the client says, each message once a minute
 */
export function kafkaConnectionOf(settings: KafkaSettings, clientId: string, log?: Log) {
  const { kafkaSaslMechanism: mechanism, kafkaUsername: username = '', kafkaPassword } = settings;
  return {
    brokers: settings.kafkaBrokers,
    clientId,
    client: settings.kafkaClient,
    compression: settings.kafkaCompression,
    ...(settings.kafkaTls === 'on' ? { tls: {} } : {}),
    ...(mechanism ? { sasl: { mechanism, username, password: kafkaPassword?.reveal() ?? '' } } : {}),
    ...(log ? { onLog: throttled((level: 'error' | 'warn', message) => log[level](message)) } : {}),
  };
}

interface RegistrySettings {
  registryUrl: string;
  registryUsername?: string | undefined;
  registryPassword?: Secret | undefined;
}

/** What the schema registry is connected with. */
export function registryConnectionOf(settings: RegistrySettings) {
  const { registryUrl: url, registryUsername: username, registryPassword: password } = settings;
  return {
    url,
    ...(username !== undefined && password ? { auth: { username, password: password.reveal() } } : {}),
  };
}
