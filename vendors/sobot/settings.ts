import { z } from 'zod';
import type { Source } from '@sluice/sources/source';

/** What the sources file says of a Sobot source alone. */
export const settings = {
  /** Company ids that sign: the first one, and those of branches. */
  companyIds: z.array(z.string().min(1)).default([]),
};

export type SobotSource = Source<z.output<z.ZodObject<typeof settings>>>;
