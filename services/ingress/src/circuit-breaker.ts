/**
 * Remembers the topics for which Kafka accepts no records, so that no record waits for its deadline in vain. The
 * circuit of a topic opens after N consecutive failures and closes on the first success. There is no half-open state:
 * the spool drainer probes. Each topic has its own circuit.
 */
export interface CircuitBreaker {
  isOpen(topic: string): boolean;
  /** The topics whose circuit is open. */
  open(): string[];
  /**
   * Whether Kafka takes records of some topic, as far as is known: no circuit is open, or a record was taken since the
   * last one opened. Topics without traffic have closed circuits while Kafka is unavailable, too.
   */
  takesSome(): boolean;
  succeeded(topic: string): void;
  failed(topic: string): void;
}

/**
 * @param maxFailures how many failures in a row open a circuit
 * @param on called on each change
 */
export function createCircuitBreaker(
  maxFailures: number,
  on: { opened?: (topic: string) => void; closed?: (topic: string) => void } = {},
): CircuitBreaker {
  const failures = new Map<string, number>();
  let isTakenSinceOpened = true;
  const isOpen = (topic: string): boolean => (failures.get(topic) ?? 0) >= maxFailures;
  return {
    isOpen,
    open: () => [...failures.keys()].filter(isOpen),
    takesSome: () => isTakenSinceOpened,
    succeeded(topic) {
      const wasOpen = isOpen(topic);
      failures.delete(topic);
      isTakenSinceOpened = true;
      if (wasOpen) on.closed?.(topic);
    },
    failed(topic) {
      const failed = (failures.get(topic) ?? 0) + 1;
      failures.set(topic, failed);
      if (failed !== maxFailures) return;
      isTakenSinceOpened = false;
      on.opened?.(topic);
    },
  };
}
