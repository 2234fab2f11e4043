/**
 * Runs something that can be ended early. The first Ctrl-C (or SIGTERM) aborts the signal; the second one ends the
 * process, as it would without this.
 */
export async function withAbortSignal<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  process.once('SIGINT', abort).once('SIGTERM', abort);
  try {
    return await work(controller.signal);
  } finally {
    process.off('SIGINT', abort).off('SIGTERM', abort);
  }
}
