/** Time as the batcher sees it; tests bring their own. */
export interface Clock {
  /** Calls `run` once after `delayMs`. Returns what cancels it. */
  after(delayMs: number, run: () => void): () => void;
}

export const systemClock: Clock = {
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
};
