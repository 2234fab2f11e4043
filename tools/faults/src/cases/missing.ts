import type { MissingCase } from '../fault-case.ts';

/** What is wanted and cannot be run yet. */
export const missingCases: readonly MissingCase[] = [
];
