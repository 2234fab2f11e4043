import { z } from 'zod';
import type { Source } from '@sluice/sources/source';

/** What the sources file says of a Zendesk source alone. */
export const settings = {
  /** `account_id` of the accounts that may push here; empty: any. */
  accountIds: z.array(z.string().regex(/^\d{1,20}$/, 'must be digits')).default([]),
};

export type ZendeskSource = Source<z.output<z.ZodObject<typeof settings>>>;
