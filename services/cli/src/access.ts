import type { RegistryConnection } from '@sluice/canonical-event/registry';
import type { KafkaConnection } from '@sluice/kafka/client';
import { kafkaConnectionOf, kafkaShape } from '@sluice/service/kafka-settings';
import { registryConnectionOf, registryShape } from '@sluice/service/registry-settings';
import { readConfig, secret, variableOf } from '@sluice/service/read-config';
import type { z } from 'zod';

// Names and passwords come from the environment alone, by the services' own variables and files: the command line is
// seen by everyone on the machine.

const { kafkaBrokers: _brokers, ...kafkaAccess } = kafkaShape;
const { registryUrl: _url, ...registryAccess } = registryShape;

/** How Kafka is reached: `SLUICE_KAFKA_TLS`, `SLUICE_KAFKA_SASL_MECHANISM` and so on, as the services have them. */
export function kafkaAt(brokers: readonly string[]): KafkaConnection {
  return kafkaConnectionOf({ ...read(kafkaAccess), kafkaBrokers: [...brokers] }, 'sluice-cli');
}

/** How the schema registry is reached: `SLUICE_REGISTRY_USERNAME`, `SLUICE_REGISTRY_TOKEN` and so on, as the services have them. */
export function registryAt(url: string): RegistryConnection {
  return registryConnectionOf({ ...read(registryAccess), registryUrl: url });
}

/** `SLUICE_<store>_PASSWORD`; empty when it is not set. */
export function password(store: string): string {
  const name = `${store}Password`;
  return read({ [name]: secret.optional() })[name]?.reveal() ?? '';
}

/** @throws ConfigError with a line for each of these variables that cannot be used */
function read<S extends z.ZodRawShape>(shape: S) {
  const variables = Object.keys(shape).flatMap((key) => [variableOf(key), `${variableOf(key)}_FILE`]);
  return readConfig(shape, Object.fromEntries(variables.map((name) => [name, process.env[name]])));
}
