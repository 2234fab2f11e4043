import { brokerAddressOf } from './broker-address.ts';

test.each([
  ['kafka-0.kafka:9092', { host: 'kafka-0.kafka', port: 9092 }],
  ['192.0.2.7:19092', { host: '192.0.2.7', port: 19092 }],
  ['[::1]:9092', { host: '::1', port: 9092 }],
  ['[2001:db8::7]:65535', { host: '2001:db8::7', port: 65_535 }],
  ['[fe80::1%eth0]:9092', { host: 'fe80::1%eth0', port: 9092 }],
])('%s is an address', (text, address) => {
  expect(brokerAddressOf(text)).toEqual(address);
});

test.each([
  '',
  'kafka',
  'kafka:',
  ':9092',
  '::1:9092',
  '[::1]',
  '[kafka]:9092',
  '[]:9092',
  'a b:9092',
  'kafka:0',
  'kafka:65536',
  'kafka:9092/',
  'tcp://kafka:9092',
])('"%s" is not an address', (text) => {
  expect(brokerAddressOf(text)).toBeNull();
});
