/** How long a message is not said again. */
const quietMs = 60_000;
/** Of how many messages it is remembered when they were said. */
const maxMessages = 100;

/**
 * Says each message at most once a minute; its next time tells how often it was left out. The Kafka client says the
 * same of a broker that is unavailable ten times a second.
 */
export function throttled<Level>(
  say: (level: Level, message: string) => void,
  nowMs: () => number = Date.now,
): (level: Level, message: string) => void {
  const said = new Map<string, { readonly atMs: number; leftOut: number }>();
  return (level, message) => {
    const before = said.get(message);
    if (before && nowMs() - before.atMs < quietMs) {
      before.leftOut += 1;
      return;
    }
    said.delete(message);
    said.set(message, { atMs: nowMs(), leftOut: 0 });
    const [oldest] = said.keys();
    if (said.size > maxMessages && oldest !== undefined) said.delete(oldest);
    say(
      level,
      before && before.leftOut > 0 ? `${message} (left out ${before.leftOut} times since)` : message,
    );
  };
}
