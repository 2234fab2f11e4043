import { z } from 'zod';
import type { Source } from '@sluice/sources/source';

/** What the sources file says of an Echat source alone. */
export const settings = {
  /** What the vendor's signed timestamps count. Not documented; `any` takes 10 and 13 digits. */
  timestampUnit: z.enum(['s', 'ms', 'any']).default('any'),
  /** App ids that a decrypted message may carry; empty: any. */
  appIds: z.array(z.string().min(1)).default([]),
};

export type EchatSource = Source<z.output<z.ZodObject<typeof settings>>>;
