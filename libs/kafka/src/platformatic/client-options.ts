import { isIP } from 'node:net';
import type { BaseOptions, ConnectionPool } from '@platformatic/kafka';
import type { KafkaConnection } from '../client.ts';

const mechanisms = {
  plain: 'PLAIN',
  'scram-sha-256': 'SCRAM-SHA-256',
  'scram-sha-512': 'SCRAM-SHA-512',
} as const;

/** @param silentMs how long a broker may take to answer a request, in ms: then its connection is broken */
export function platformaticOptions(connection: KafkaConnection, silentMs: number): BaseOptions {
  const { brokers, clientId, tls, sasl } = connection;
  const options: BaseOptions = {
    clientId,
    bootstrapBrokers: [...brokers],
    connectTimeout: 5_000,
    requestTimeout: silentMs,
  };
  if (tls) options.tls = tls;
  // The name of a server may not be an IP address.
  if (tls) options.tlsServerName = !brokers.some((broker) => isIP(broker.replace(/:\d+$/, '')));
  if (sasl) options.sasl = { ...sasl, mechanism: mechanisms[sasl.mechanism] };
  return options;
}

/**
 * Keeps a broken connection from ending the process. The library listens to the first error of a connection alone, and
 * Node throws an `error` that nobody listens to. Each request that waits gets an error of its own.
 */
export function surviveErrors(connections: ConnectionPool): void {
  connections.on('connecting', ({ connection }) => void connection.on('error', () => undefined));
}
