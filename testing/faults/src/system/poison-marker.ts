/** What makes a record poison to a normalizer that has `poison.ts` loaded. */
export const poisonMarker = 'plantedByTheFaultSuite';
