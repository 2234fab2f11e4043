/** How many ms one of each unit is. */
export const durationUnits = { ms: 1, s: 1_000 } as const;

export type DurationUnit = keyof typeof durationUnits;
