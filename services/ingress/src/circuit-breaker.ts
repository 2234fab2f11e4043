/**
 * Remembers that Kafka does not take records, so that none waits for its deadline in vain. It opens after a row of
 * failures and closes with the first success; nobody is let through to try: that is the work of whoever drains.
 */
export interface CircuitBreaker {
  isOpen(): boolean;
  succeeded(): void;
  failed(): void;
}

/** @param maxFailures how many failures in a row open it */
export function createCircuitBreaker(maxFailures: number): CircuitBreaker {
  let failures = 0;
  return {
    isOpen: () => failures >= maxFailures,
    succeeded: () => void (failures = 0),
    failed: () => void (failures += 1),
  };
}
