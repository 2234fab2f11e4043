import { isIP } from 'node:net';
import type { Base, BaseOptions } from '@platformatic/kafka';
import { brokerAddressOf, type BrokerAddress } from '../broker-address.ts';
import type { KafkaConnection } from '../client.ts';
import { tokenRefusal } from '../token-refusal.ts';

const mechanisms = {
  plain: 'PLAIN',
  'scram-sha-256': 'SCRAM-SHA-256',
  'scram-sha-512': 'SCRAM-SHA-512',
  oauthbearer: 'OAUTHBEARER',
} as const;

/** @param silentMs how long a broker may take to answer a request, in ms: then its connection is broken */
export function platformaticOptions(connection: KafkaConnection, silentMs: number): BaseOptions {
  const { clientId, tls, sasl } = connection;
  const brokers = connection.brokers.map(addressOf);
  const options: BaseOptions = {
    clientId,
    bootstrapBrokers: fromAnywhere(brokers),
    connectTimeout: 5_000,
    requestTimeout: silentMs,
  };
  if (tls) options.tls = tls;
  // The name of a server may not be an IP address.
  if (tls) options.tlsServerName = !brokers.some(({ host }) => isIP(host));
  if (sasl) options.sasl = loginOf(sasl);
  return options;
}

function loginOf(login: NonNullable<KafkaConnection['sasl']>): NonNullable<BaseOptions['sasl']> {
  const mechanism = mechanisms[login.mechanism];
  if (login.mechanism !== 'oauthbearer')
    return { mechanism, username: login.username, password: () => login.password };
  return {
    mechanism,
    token: () => login.token(),
    oauthBearerExtensions: { ...login.extensions },
    authBytesValidator(answer, callback) {
      const refusal = tokenRefusal(answer);
      callback(refusal === null ? null : new Error(refusal), answer);
    },
  };
}

function addressOf(broker: string): BrokerAddress {
  const address = brokerAddressOf(broker);
  if (!address) throw new Error(`"${broker}" is no address of a broker: it must be host:port.`);
  return address;
}

/**
 * Ends each connection at its first error. The library listens to that one alone: when a login is refused, and the broker
 * then resets the connection, the second error would end the process. When the broker does not, it would stay open.
 */
export function endBrokenConnections({ connections }: Pick<Base, 'connections'>): void {
  connections.on('connecting', ({ connection }) => {
    connection.on('error', () => void connection.socket.destroy());
  });
}

/**
 * The library asks the first broker that takes its connection, and without retries of its own no other one while that one
 * says nothing: the next client is to begin with another one.
 */
function fromAnywhere<T>(all: readonly T[]): T[] {
  const first = Math.floor(Math.random() * all.length);
  return [...all.slice(first), ...all.slice(0, first)];
}
