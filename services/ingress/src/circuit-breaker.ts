/**
 * Remembers that Kafka does not take records, so that none waits for its deadline in vain. It opens after a row of
 * failures and closes with the first success; nobody is let through to try: that is the work of whoever drains.
 */
export interface CircuitBreaker {
  isOpen(): boolean;
  succeeded(): void;
  failed(): void;
}

/**
 * @param maxFailures how many failures in a row open it
 * @param on told of each change
 */
export function createCircuitBreaker(
  maxFailures: number,
  on: { opened?: () => void; closed?: () => void } = {},
): CircuitBreaker {
  let failures = 0;
  return {
    isOpen: () => failures >= maxFailures,
    succeeded() {
      const wasOpen = failures >= maxFailures;
      failures = 0;
      if (wasOpen) on.closed?.();
    },
    failed() {
      failures += 1;
      if (failures === maxFailures) on.opened?.();
    },
  };
}
