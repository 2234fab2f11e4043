import { z } from 'zod';
import { secret } from '@sluice/service/read-config';
import { commonShape } from '@sluice/service/common-settings';
import { httpShape } from '@sluice/service/http-settings';

/** Settings of the agent panel; the variable of `panelsFile` is `SLUICE_PANELS_FILE`. */
export const configSchema = {
  ...commonShape,
  ...httpShape,
  panelsFile: z.string(),
  elasticsearchUrl: z.url(),
  elasticsearchUsername: z.string().optional(),
  elasticsearchPassword: secret.optional(),
};
