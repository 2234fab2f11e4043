import type { RegistryConnection } from '@sluice/canonical-event/registry';
import type { KafkaConnection } from '@sluice/kafka/client';
import { kafkaConnectionOf, kafkaShape } from '@sluice/service/kafka-settings';
import { registryConnectionOf, registryShape } from '@sluice/service/registry-settings';
import { readConfig, secret, variableOf } from '@sluice/service/read-config';
import { storeLoginOf, type StoreLogin, type StoreLoginSettings } from '@sluice/service/store-login';
import { z } from 'zod';
import type { Sink } from './sinks.ts';

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

/** Who asks a store: `SLUICE_<store>_PASSWORD`, `SLUICE_ELASTICSEARCH_API_KEY` and so on, as the services have them. */
export function storeLogin(sink: Sink, username: string | undefined): StoreLogin {
  const { id, takesApiKeys } = sink;
  const file = z.string().min(1).optional();
  const found = read({
    [`${id}Password`]: secret.optional(),
    [`${id}PasswordFile`]: file,
    ...(takesApiKeys && { [`${id}ApiKey`]: secret.optional(), [`${id}ApiKeyFile`]: file }),
  });
  const named = Object.entries(found).map(([key, value]) => [uncapitalized(key.slice(id.length)), value]);
  return storeLoginOf(sink, { username, ...(Object.fromEntries(named) as StoreLoginSettings) });
}

const uncapitalized = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

/** @throws ConfigError with a line for each of these variables that cannot be used */
function read<S extends z.ZodRawShape>(shape: S) {
  const variables = Object.keys(shape).flatMap((key) => [variableOf(key), `${variableOf(key)}_FILE`]);
  return readConfig(shape, Object.fromEntries(variables.map((name) => [name, process.env[name]])));
}
