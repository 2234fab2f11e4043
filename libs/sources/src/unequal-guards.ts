import type { Source } from './source.ts';

/** What a source takes from anybody who has one of its signed heads, as a message says it. */
const openings = {
  plaintext: ({ aesKey, plaintext }) => aesKey === null || plaintext === 'accept',
  'stale timestamps': ({ staleTimestamps }) => staleTimestamps === 'accept',
  'reused signatures': ({ reusedSignatures }) => reusedSignatures === 'accept',
} as const satisfies Record<string, (source: Source) => boolean>;

/**
 * Sources of one vendor that share a token although one of them is weaker: it accepts plaintext, stale timestamps or
 * reused signatures, and the other does not. The weaker one would accept a push that is signed for the stronger one.
 * @returns a message for each pair and opening
 */
export function unequalGuards(sources: readonly Source[]): string[] {
  return sources.flatMap((source, index) =>
    sources
      .slice(index + 1)
      .filter((other) => other.vendor === source.vendor && shareToken(source, other))
      .flatMap((other) =>
        Object.entries(openings).flatMap(([what, takes]) => {
          if (takes(source) === takes(other)) return [];
          const [weak, strong] = takes(source) ? [source, other] : [other, source];
          return `Sources ${source.id} and ${other.id} share a token, but ${weak.id} accepts ${what} and ${strong.id} does not: give each its own token.`;
        }),
      ),
  );
}

function shareToken(one: Source, other: Source): boolean {
  const theirs = tokensOf(other);
  return tokensOf(one).some((token) => theirs.includes(token));
}

/** An empty one could not be read. */
function tokensOf({ token }: Source): string[] {
  return [token?.current, token?.previous].flatMap((key) => key?.reveal() ?? []).filter((key) => key !== '');
}
