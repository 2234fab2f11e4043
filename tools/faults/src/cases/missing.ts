import type { MissingCase } from '../fault-case.ts';

/** What is wanted and cannot be run yet. */
export const missingCases: readonly MissingCase[] = [
  {
    name: 'rebuild-stores',
    group: 'workers',
    fault: 'both stores rebuilt from the raw topics',
    reason: 'Waits for `sluice rebuild`.',
  },
];
