/** How many batches, and of how many bytes, may continue outside of a round of fetches at once. */
export interface SlowBatchLimits {
  readonly batches: number;
  readonly bytes: number;
}

/** With kafkajs each may keep the buffer of its fetch, 10 MB, for as long as it takes. */
const usual: SlowBatchLimits = { batches: 16, bytes: 16 * 1024 * 1024 };

/**
 * Finds batches that hold up the others of their round of fetches: those of which no end is in sight. Where a whole store
 * is slow they are many, and wait in their round as before, so that what was fetched stays bounded.
 */
export interface SlowBatches {
  /**
   * Waits for the work on a batch.
   * @returns `ended` when the work is over, however it ended; `slow` when it takes too long, and is to continue aside
   */
  wait(work: Promise<unknown>, bytes: number): Promise<'ended' | 'slow'>;
}

/** @param patienceMs how long a round waits for one batch, and how often it asks again whether that may continue aside */
export function createSlowBatches(patienceMs: number, limits: SlowBatchLimits = usual): SlowBatches {
  const aside = { batches: 0, bytes: 0 };
  return {
    async wait(work, bytes) {
      const over = work.then(
        () => true,
        () => true,
      );
      for (;;) {
        if (await isSoon(over, patienceMs)) return 'ended';
        if (aside.batches === limits.batches) continue;
        if (aside.batches > 0 && aside.bytes + bytes > limits.bytes) continue;
        aside.batches += 1;
        aside.bytes += bytes;
        void over.then(() => {
          aside.batches -= 1;
          aside.bytes -= bytes;
        });
        return 'slow';
      }
    },
  };
}

async function isSoon(over: Promise<boolean>, withinMs: number): Promise<boolean> {
  const { promise: late, resolve } = Promise.withResolvers<false>();
  const timer = setTimeout(resolve, withinMs, false);
  try {
    return await Promise.race([over, late]);
  } finally {
    clearTimeout(timer);
  }
}
