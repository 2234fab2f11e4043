import { createCircuitBreaker } from './circuit-breaker.ts';

test('it opens after a row of failures, closes with the first success, and tells each change once', () => {
  const told: string[] = [];
  const breaker = createCircuitBreaker(2, {
    opened: (topic) => void told.push(`opened ${topic}`),
    closed: (topic) => void told.push(`closed ${topic}`),
  });
  breaker.failed('a');
  breaker.succeeded('a');
  breaker.failed('a');
  expect(breaker.isOpen('a')).toBe(false);
  breaker.failed('a');
  breaker.failed('a');
  expect(breaker.isOpen('a')).toBe(true);
  breaker.succeeded('a');
  breaker.succeeded('a');
  expect(breaker.isOpen('a')).toBe(false);
  expect(told).toEqual(['opened a', 'closed a']);
});

test('the circuit of one topic says nothing of another one', () => {
  const breaker = createCircuitBreaker(2);
  for (let times = 0; times < 3; times += 1) breaker.failed('a');
  breaker.failed('b');
  breaker.succeeded('b');
  expect([breaker.isOpen('a'), breaker.isOpen('b'), breaker.open()]).toEqual([true, false, ['a']]);
});

test('Kafka takes something when a record of any topic was taken since the last circuit opened, and not because of idle topics', () => {
  const breaker = createCircuitBreaker(2);
  const fail = (topic: string): void => {
    for (let times = 0; times < 3; times += 1) breaker.failed(topic);
  };
  expect(breaker.takesSome()).toBe(true);
  fail('a');
  expect(breaker.takesSome()).toBe(false);
  breaker.succeeded('b');
  breaker.failed('a');
  expect([breaker.takesSome(), breaker.isOpen('a')]).toEqual([true, true]);
  fail('b');
  expect(breaker.takesSome()).toBe(false);
});
