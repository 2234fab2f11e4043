import { z } from 'zod';
import { secret } from '@sluice/service/read-config';
import { commonShape } from '@sluice/service/common-settings';

/** Settings of the agent panel; the variable of `panelsFile` is `SLUICE_PANELS_FILE`. */
export const configSchema = {
  ...commonShape,
  host: z.string().default('0.0.0.0'),
  port: z.coerce.number().int().min(0).max(65_535).default(8080),
  trustProxy: z.union([z.coerce.number().int().min(0), z.string()]).default(0),
  panelsFile: z.string(),
  elasticsearchUrl: z.url(),
  elasticsearchUsername: z.string().optional(),
  elasticsearchPassword: secret.optional(),
};
