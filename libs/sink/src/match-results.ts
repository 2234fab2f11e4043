import type { StoreItem, StoreResult } from './store.ts';

/**
 * Checks that a store answered exactly once for each item.
 * @param asked the items by id
 * @throws naming the gap: a result that is missing, double or for nothing that was asked
 */
export function matchResults(
  asked: ReadonlyMap<string, StoreItem>,
  results: readonly StoreResult[],
): ReadonlyMap<string, StoreResult> {
  const byId = new Map<string, StoreResult>();
  const faults: string[] = [];
  for (const result of results) {
    if (!asked.has(result.id)) faults.push(`${result.id} was not asked`);
    else if (byId.has(result.id)) faults.push(`${result.id} was answered twice`);
    byId.set(result.id, result);
  }
  for (const id of asked.keys()) if (!byId.has(id)) faults.push(`${id} has no answer`);
  if (faults.length === 0) return byId;
  throw new Error(
    `The store answered ${results.length} results for ${asked.size} items: ${faults.slice(0, 5).join(', ')}` +
      `${faults.length > 5 ? ` and ${faults.length - 5} more` : ''}. That is a bug of the store's adapter.`,
  );
}
