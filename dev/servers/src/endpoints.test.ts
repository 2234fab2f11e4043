import { endpointsAt, readPorts } from './endpoints.ts';

test('each port has its preset and its variable', () => {
  expect(readPorts({})).toEqual({
    kafka: 19092,
    kafkaController: 19093,
    registry: 19081,
    elasticsearch: 19200,
    elasticsearchTransport: 19300,
    clickhouse: 18123,
  });
  expect(readPorts({ SLUICE_DEV_REGISTRY_PORT: '8081', SLUICE_DEV_KAFKA_PORT: '' })).toMatchObject({
    registry: 8081,
    kafka: 19092,
  });
});

test.each(['abc', '0', '65536', '1e3', '-1'])('%s is no port', (text) => {
  expect(() => readPorts({ SLUICE_DEV_KAFKA_PORT: text })).toThrow(
    `SLUICE_DEV_KAFKA_PORT is "${text}", which is no port: give a number from 1 to 65535.`,
  );
});

test('the endpoints follow from the ports', () => {
  expect(endpointsAt(readPorts({}), 'native')).toEqual({
    kafkaBrokers: ['127.0.0.1:19092'],
    registryUrl: 'http://127.0.0.1:19081/apis/ccompat/v7',
    clickhouseUrl: 'http://127.0.0.1:18123',
    elasticsearchUrl: 'http://127.0.0.1:19200',
    provider: 'native',
  });
});
