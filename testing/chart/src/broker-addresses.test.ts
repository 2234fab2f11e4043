import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brokerAddressOf } from '@sluice/kafka/broker-address';
import { chartFolder } from './chart-folder.ts';

test.each([
  ['kafka-0.kafka:9092', true],
  ['192.0.2.7:19092', true],
  ['[2001:db8::7]:9092', true],
  ['kafka', false],
  ['::1:9092', false],
  ['[::1]', false],
  ['one:9092,two:9092', false],
])('%s is an address to the chart and to the services alike: %s', (broker, isAddress) => {
  const schema = JSON.parse(readFileSync(join(chartFolder, 'values.schema.json'), 'utf8')) as {
    properties: { kafka: { properties: { brokers: { items: { pattern: string } } } } };
  };
  const { pattern } = schema.properties.kafka.properties.brokers.items;
  expect([new RegExp(pattern).test(broker), brokerAddressOf(broker) !== null]).toEqual([
    isAddress,
    isAddress,
  ]);
});
