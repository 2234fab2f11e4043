import kafkajs from 'kafkajs';
import { AdminRefused, orRefused } from './admin-refusal.ts';

/** An error with what the client libraries put on theirs. */
const error = (message: string, fields: object): Error => Object.assign(new Error(message), fields);
const denied = 'Kafka did not authorize CreateTopics: this user needs the operation Create on the topics.';
const unsupported = 'This cluster does not support the request CreateTopics.';

test.each<[string, Error, string]>([
  ['kafkajs, in a list', error('Topic creation errors', { errors: [error('x', { code: 29 })] }), denied],
  ['kafkajs, as a cause', error('gave up', { cause: error('x', { code: 31 }) }), denied],
  ['platformatic', error('x', { code: 'PLT_KFK_RESPONSE', errors: [error('y', { apiCode: 29 })] }), denied],
  ['kafkajs, no such request', error('x', { name: 'KafkaJSServerDoesNotSupportApiKey' }), unsupported],
  ['platformatic, no such request', error('x', { code: 'PLT_KFK_UNSUPPORTED_API' }), unsupported],
  ['a broker, no such version', error('x', { apiCode: 35 }), unsupported],
  [
    'a policy',
    error('Topic creation errors', { errors: [error('3 replicas are needed.', { code: 44 })] }),
    'Kafka rejected CreateTopics: 3 replicas are needed.',
  ],
])('%s: the refusal names the request', async (_name, cause, message) => {
  const asking = orRefused('CreateTopics', () => Promise.reject(cause));
  await expect(asking).rejects.toThrow(AdminRefused);
  await expect(asking).rejects.toMatchObject({ message, cause, call: 'CreateTopics' });
});

test('the names of kafkajs are those that are looked for', () => {
  const NotSupported = (kafkajs as unknown as Record<string, new (message: string) => Error>)
    .KafkaJSServerDoesNotSupportApiKey!;
  expect(new NotSupported('x').name).toBe('KafkaJSServerDoesNotSupportApiKey');
});

test.each([
  error('broken', { code: 'ECONNRESET' }),
  error('not enough brokers', { code: 38 }),
  error('no code', {}),
])('$message stays as it is', async (cause) => {
  await expect(orRefused('CreateTopics', () => Promise.reject(cause))).rejects.toBe(cause);
});
