import { z } from 'zod';
import type { SourceVendor } from '../src/source-vendor.ts';

/** Two vendors that there are not: `acme` has everything that a vendor may have, `plain` nothing. */
export const vendors = {
  acme: {
    id: 'acme',
    settings: { appIds: z.array(z.string()).default([]) },
    durations: { 'chatEnd.chatTotalTime': 'ms' },
    shortestTokenBytes: 16,
    hasStaffPages: true,
    problemsOf: ({ settings }) =>
      (settings as { appIds: string[] }).appIds.includes('none') ? ['has an app id that is forbidden'] : [],
  },
  plain: {
    id: 'plain',
    settings: {},
    durations: {},
    shortestTokenBytes: 12,
    hasStaffPages: false,
    problemsOf: () => [],
  },
} as const satisfies Record<string, SourceVendor>;
