import { z } from 'zod';
import { commonShape } from '@sluice/service/common-settings';
import { elasticsearchShape } from '@sluice/service/elasticsearch-settings';
import { httpShape } from '@sluice/service/http-settings';

/** Settings of the agent panel; the variable of `panelsFile` is `SLUICE_PANELS_FILE`. */
export const configSchema = {
  ...commonShape,
  ...httpShape,
  panelsFile: z.string(),
  ...elasticsearchShape,
};
