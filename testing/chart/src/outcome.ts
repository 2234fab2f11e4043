/** How one test ended. */
export type Outcome =
  | { readonly name: string; readonly outcome: 'passed' }
  | { readonly name: string; readonly outcome: 'failed'; readonly problems: readonly string[] }
  | { readonly name: string; readonly outcome: 'skipped'; readonly reason: string };

/** @param problems messages; none: it passed */
export function outcomeOf(name: string, problems: readonly string[]): Outcome {
  return problems.length === 0 ? { name, outcome: 'passed' } : { name, outcome: 'failed', problems };
}

export const skipped = (name: string, reason: string): Outcome => ({ name, outcome: 'skipped', reason });
