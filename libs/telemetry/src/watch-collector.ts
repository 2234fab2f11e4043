/** How long the collector must have taken everything until it is told that it does. */
const quietMs = 60_000;

/**
 * Logs once that spans are lost, and once that no more are lost, after a minute without losses: a collector that is
 * now there and now not fills no log.
 * @param endpoint where it is, to be told
 * @returns called with how each sending ended: an error, or null when the spans were taken
 */
export function watchCollector(
  endpoint: string,
  tell: (level: 'warn' | 'info', text: string) => void,
  nowMs: () => number = () => performance.now(),
): (error: Error | null) => void {
  let failedAtMs: number | null = null;
  return (error) => {
    if (error) {
      if (failedAtMs === null)
        tell(
          'warn',
          `The collector at ${endpoint} accepts no spans (${reasonOf(error)}). They are dropped until it does. Nothing else is affected.`,
        );
      failedAtMs = nowMs();
    } else if (failedAtMs !== null && nowMs() - failedAtMs >= quietMs) {
      tell('info', `The collector at ${endpoint} accepts spans again.`);
      failedAtMs = null;
    }
  };
}

/** Of a refused connection Node tells the code alone. */
function reasonOf({ message, code = 'it does not answer' }: Error & { code?: string }): string {
  return message === '' ? code : message;
}
