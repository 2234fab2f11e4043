/**
 * What was acknowledged of late, by source, signature and body. Neither vendor signs the body, so a signature that
 * was seen may be used again: by the vendor, who resends what it holds for lost, or by somebody who listened.
 * Best effort: of one process, bounded, and forgotten after a while. Events are the same ones in any case, by id.
 */
export interface ReplayMemory {
  /**
   * - `repeated`: the same signature with the same body was acknowledged: it must be again, and is not stored twice
   * - `reused`: the same signature came with another body
   * - `new`: neither
   */
  recall(sourceId: string, signature: string, bodyHash: string): 'new' | 'repeated' | 'reused';
  /** Entered after the push is durable and before it is answered: what failed must not count as acknowledged. */
  remember(sourceId: string, signature: string, bodyHash: string): void;
  readonly size: number;
}

interface Entry {
  readonly bodies: Set<string>;
  readonly expiresAt: number;
}

/**
 * @param maxEntries bound over all sources; the oldest go first
 * @param keepMs how long a push is remembered
 */
export function createReplayMemory(
  maxEntries: number,
  keepMs: number,
  nowMs: () => number = Date.now,
): ReplayMemory {
  // In the order they were entered, and so of expiry.
  const entries = new Map<string, Entry>();
  let size = 0;
  const forget = (key: string, entry: Entry): void => {
    entries.delete(key);
    size -= entry.bodies.size;
  };
  const sweep = (): void => {
    const now = nowMs();
    for (const [key, entry] of entries) {
      if (entry.expiresAt > now && size < maxEntries) return;
      forget(key, entry);
    }
  };
  const keyOf = (sourceId: string, signature: string): string => `${sourceId}/${signature}`;
  return {
    recall(sourceId, signature, bodyHash) {
      const entry = entries.get(keyOf(sourceId, signature));
      if (!entry || entry.expiresAt <= nowMs()) return 'new';
      return entry.bodies.has(bodyHash) ? 'repeated' : 'reused';
    },
    remember(sourceId, signature, bodyHash) {
      sweep();
      const key = keyOf(sourceId, signature);
      const entry = entries.get(key) ?? { bodies: new Set(), expiresAt: nowMs() + keepMs };
      if (entry.bodies.has(bodyHash)) return;
      entry.bodies.add(bodyHash);
      entries.set(key, entry);
      size += 1;
    },
    get size() {
      return size;
    },
  };
}
