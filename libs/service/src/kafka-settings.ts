import { brokerAddressOf } from '@sluice/kafka/broker-address';
import {
  defaultKafkaClient,
  kafkaClients,
  type KafkaClient,
  type KafkaCompression,
  type KafkaConnection,
} from '@sluice/kafka/client';
import { renewingTls, type KafkaTls, type TlsFiles } from '@sluice/kafka/renewing-tls';
import type { Telemetry } from '@sluice/telemetry/telemetry';
import { z } from 'zod';
import { kafkaLoginOf, loginShape, type LoginSettings } from './kafka-login.ts';
import type { Log } from './log.ts';
import { ConfigError, list, variableOf } from './read-config.ts';
import { throttled } from './throttled.ts';

const brokers = list.check(({ value, issues }) => {
  for (const broker of value)
    if (brokerAddressOf(broker) === null)
      issues.push({
        code: 'custom',
        input: value,
        message: `"${broker}" is no address of a broker: it must be host:port, or [address]:port for IPv6`,
      });
});

/** Settings of anybody who talks to Kafka. */
export const kafkaShape = {
  kafkaBrokers: brokers,
  kafkaClient: z.enum(kafkaClients).default(defaultKafkaClient),
  kafkaCompression: z.enum(['none', 'gzip', 'snappy', 'lz4', 'zstd']).default('none'),
  kafkaTls: z.enum(['on', 'off']).default('off'),
  kafkaTlsCaFile: z.string().min(1).optional(),
  kafkaTlsCertFile: z.string().min(1).optional(),
  kafkaTlsKeyFile: z.string().min(1).optional(),
  ...loginShape,
};

interface KafkaSettings extends LoginSettings {
  kafkaBrokers: string[];
  kafkaClient: KafkaClient;
  kafkaCompression: KafkaCompression;
  kafkaTls: 'on' | 'off';
  kafkaTlsCaFile?: string | undefined;
  kafkaTlsCertFile?: string | undefined;
  kafkaTlsKeyFile?: string | undefined;
}

const tlsFiles = {
  caFile: 'kafkaTlsCaFile',
  certFile: 'kafkaTlsCertFile',
  keyFile: 'kafkaTlsKeyFile',
} as const;

type OnLog = NonNullable<KafkaConnection['onLog']>;

/** @throws ConfigError where the files cannot be used */
function tlsOf(settings: KafkaSettings, onLog?: OnLog): KafkaTls | null {
  const files: TlsFiles = Object.fromEntries(
    Object.entries(tlsFiles).flatMap(([name, key]) => {
      const file = settings[key];
      return file === undefined ? [] : [[name, file]];
    }),
  );
  if (settings.kafkaTls === 'off') {
    const unused = Object.values(tlsFiles).find((key) => settings[key] !== undefined);
    if (unused === undefined) return null;
    throw new ConfigError(`${variableOf(unused)} has no effect: set SLUICE_KAFKA_TLS to on.`);
  }
  if ((files.certFile === undefined) !== (files.keyFile === undefined))
    throw new ConfigError('SLUICE_KAFKA_TLS_CERT_FILE and SLUICE_KAFKA_TLS_KEY_FILE: set both or none.');
  try {
    return renewingTls(files, onLog);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ConfigError(`The files of SLUICE_KAFKA_TLS_*_FILE cannot be used: ${why}.`);
  }
}

/**
 * What a Kafka client is connected with.
 * @param service whose log gets what the client says, each message once a minute, and whose metrics count refusals
 * @throws ConfigError where its certificates, or its login, cannot be used
 */
export function kafkaConnectionOf(
  settings: KafkaSettings,
  clientId: string,
  service?: { readonly log: Pick<Log, 'error' | 'warn'>; readonly telemetry: Pick<Telemetry, 'count'> },
) {
  const onLog: OnLog | undefined =
    service && throttled((level: 'error' | 'warn', message) => service.log[level](message));
  const onRefused = (topic: string, error: string): void =>
    service?.telemetry.count('sluice_kafka_refusals_total', { topic, error });
  const [tls, sasl] = [tlsOf(settings, onLog), kafkaLoginOf(settings, onLog)];
  return {
    brokers: settings.kafkaBrokers,
    clientId,
    client: settings.kafkaClient,
    compression: settings.kafkaCompression,
    ...(tls ? { tls } : {}),
    ...(sasl ? { sasl } : {}),
    ...(onLog ? { onLog, onRefused } : {}),
  };
}
