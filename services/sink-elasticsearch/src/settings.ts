import { z } from 'zod';
import { secret } from '@sluice/service/read-config';
import { sinkShape } from '@sluice/sink/sink-settings';

/** Settings of the sink for Elasticsearch. */
export const configSchema = {
  ...sinkShape,
  elasticsearchUrl: z.url(),
  elasticsearchUsername: z.string().optional(),
  elasticsearchPassword: secret.optional(),
  /** What `sluice expire elasticsearch` is run with: the sink tells how far behind it is. Default: none, nothing expires. */
  elasticsearchRetentionMs: z.coerce.number().int().positive().optional(),
};
