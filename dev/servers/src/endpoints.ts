/** Where the development servers answer; what a lease on them gives. */
export interface Endpoints {
  kafkaBrokers: string[];
  /** Base of the Confluent-compatible API, path included. */
  registryUrl: string;
  clickhouseUrl: string;
  elasticsearchUrl: string;
  provider: 'native' | 'docker';
}

/** The TCP ports of the development servers, all on 127.0.0.1. */
export interface Ports {
  kafka: number;
  kafkaController: number;
  registry: number;
  elasticsearch: number;
  elasticsearchTransport: number;
  clickhouse: number;
}

/** The variable that sets each port, and the port without it. docker-compose.yml reads the same ones. */
export const portSettings: Record<keyof Ports, { variable: string; preset: number }> = {
  kafka: { variable: 'SLUICE_DEV_KAFKA_PORT', preset: 19092 },
  kafkaController: { variable: 'SLUICE_DEV_KAFKA_CONTROLLER_PORT', preset: 19093 },
  registry: { variable: 'SLUICE_DEV_REGISTRY_PORT', preset: 19081 },
  elasticsearch: { variable: 'SLUICE_DEV_ELASTICSEARCH_PORT', preset: 19200 },
  elasticsearchTransport: { variable: 'SLUICE_DEV_ELASTICSEARCH_TRANSPORT_PORT', preset: 19300 },
  clickhouse: { variable: 'SLUICE_DEV_CLICKHOUSE_PORT', preset: 18123 },
};

/** The ports as the environment sets them; throws an error that names the variable that is no port. */
export function readPorts(env: NodeJS.ProcessEnv): Ports {
  const read = (name: keyof Ports): number => {
    const { variable, preset } = portSettings[name];
    const text = env[variable];
    if (text === undefined || text === '') return preset;
    const port = Number(text);
    if (!/^\d+$/.test(text) || port < 1 || port > 65535) {
      throw new Error(`${variable} is "${text}", which is no port: give a number from 1 to 65535.`);
    }
    return port;
  };
  return {
    kafka: read('kafka'),
    kafkaController: read('kafkaController'),
    registry: read('registry'),
    elasticsearch: read('elasticsearch'),
    elasticsearchTransport: read('elasticsearchTransport'),
    clickhouse: read('clickhouse'),
  };
}

/** The addresses that follow from the ports; the same for both providers. */
export function endpointsAt(ports: Ports, provider: Endpoints['provider']): Endpoints {
  return {
    kafkaBrokers: [`127.0.0.1:${ports.kafka}`],
    registryUrl: `http://127.0.0.1:${ports.registry}/apis/ccompat/v7`,
    clickhouseUrl: `http://127.0.0.1:${ports.clickhouse}`,
    elasticsearchUrl: `http://127.0.0.1:${ports.elasticsearch}`,
    provider,
  };
}
