/**
 * Does something again and again, with a pause between.
 * @param work must not reject
 * @returns `stop` resolves when the work in flight has ended
 */
export function repeat(everyMs: number, work: () => Promise<void>): { stop(): Promise<void> } {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let inFlight = Promise.resolve();
  const next = (): void => {
    timer = setTimeout(() => {
      inFlight = work().then(() => {
        if (!stopped) next();
      });
    }, everyMs);
  };
  next();
  return {
    stop() {
      stopped = true;
      clearTimeout(timer);
      return inFlight;
    },
  };
}
