/** How long a sentence is not said again. */
const quietMs = 60_000;
/** Of how many sentences it is remembered when they were said. */
const maxSentences = 100;

/**
 * Says each sentence at most once a minute; its next time tells how often it was left out. The Kafka client says the
 * same of a broker that is away ten times a second.
 */
export function throttled<Level>(
  say: (level: Level, sentence: string) => void,
  nowMs: () => number = Date.now,
): (level: Level, sentence: string) => void {
  const said = new Map<string, { readonly atMs: number; leftOut: number }>();
  return (level, sentence) => {
    const before = said.get(sentence);
    if (before && nowMs() - before.atMs < quietMs) {
      before.leftOut += 1;
      return;
    }
    said.delete(sentence);
    said.set(sentence, { atMs: nowMs(), leftOut: 0 });
    const [oldest] = said.keys();
    if (said.size > maxSentences && oldest !== undefined) said.delete(oldest);
    say(
      level,
      before && before.leftOut > 0 ? `${sentence} (left out ${before.leftOut} times since)` : sentence,
    );
  };
}
