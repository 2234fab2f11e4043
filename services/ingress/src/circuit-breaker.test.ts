import { createCircuitBreaker } from './circuit-breaker.ts';

test('it opens after a row of failures, closes with the first success, and tells each change once', () => {
  const told: string[] = [];
  const breaker = createCircuitBreaker(2, {
    opened: () => void told.push('opened'),
    closed: () => void told.push('closed'),
  });
  breaker.failed();
  breaker.succeeded();
  breaker.failed();
  expect(breaker.isOpen()).toBe(false);
  breaker.failed();
  breaker.failed();
  expect(breaker.isOpen()).toBe(true);
  breaker.succeeded();
  breaker.succeeded();
  expect(breaker.isOpen()).toBe(false);
  expect(told).toEqual(['opened', 'closed']);
});
