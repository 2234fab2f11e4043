import { kafkaConnectionOf, kafkaShape } from './kafka-settings.ts';
import { ConfigError, readConfig } from './read-config.ts';

const brokersOf = (brokers: string) => readConfig(kafkaShape, { SLUICE_KAFKA_BROKERS: brokers }).kafkaBrokers;

test('brokers are addresses, of IPv6 too', () => {
  expect(brokersOf('kafka-0:9092, [2001:db8::7]:9092')).toEqual(['kafka-0:9092', '[2001:db8::7]:9092']);
});

test.each(['kafka', '::1:9092', 'kafka:9092,tcp://kafka:9092'])('%s: says which address is wrong', (text) => {
  const wrong = text.split(',').at(-1);
  expect(() => brokersOf(text)).toThrow(
    `SLUICE_KAFKA_BROKERS: "${wrong}" is no address of a broker: it must be host:port, or [address]:port for IPv6.`,
  );
});

const connect = (settings: Record<string, string>) =>
  kafkaConnectionOf(readConfig(kafkaShape, { SLUICE_KAFKA_BROKERS: 'kafka:9092', ...settings }), 'test');

test('without TLS there are no certificates, and with it they may be those of the system', () => {
  expect(connect({}).tls).toBeUndefined();
  expect(connect({ SLUICE_KAFKA_TLS: 'on' }).tls).toBeDefined();
});

test.each<[Record<string, string>, RegExp]>([
  [
    { SLUICE_KAFKA_TLS_CA_FILE: 'ca.crt' },
    /^SLUICE_KAFKA_TLS_CA_FILE has no effect: set SLUICE_KAFKA_TLS to on\.$/,
  ],
  [
    { SLUICE_KAFKA_TLS: 'on', SLUICE_KAFKA_TLS_CERT_FILE: 'tls.crt' },
    /^SLUICE_KAFKA_TLS_CERT_FILE and SLUICE_KAFKA_TLS_KEY_FILE: set both or none\.$/,
  ],
  [
    { SLUICE_KAFKA_TLS: 'on', SLUICE_KAFKA_TLS_CA_FILE: '/nowhere/ca.crt' },
    /^The files of SLUICE_KAFKA_TLS_\*_FILE cannot be used: .*ENOENT.* '\/nowhere\/ca\.crt'\.$/,
  ],
  [
    { SLUICE_KAFKA_TLS: 'on', SLUICE_KAFKA_TLS_CA_FILE: __filename },
    /^The files of SLUICE_KAFKA_TLS_\*_FILE cannot be used: /,
  ],
  [
    { SLUICE_KAFKA_TLS: 'on', SLUICE_KAFKA_TLS_CERT_FILE: __filename, SLUICE_KAFKA_TLS_KEY_FILE: __filename }, // prettier-ignore
    /^The files of SLUICE_KAFKA_TLS_\*_FILE cannot be used: /,
  ],
])('%j: says what to do', (settings, message) => {
  expect(() => connect(settings)).toThrow(ConfigError);
  expect(() => connect(settings)).toThrow(message);
});
