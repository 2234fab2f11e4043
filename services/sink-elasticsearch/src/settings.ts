import { z } from 'zod';
import { elasticsearchShape } from '@sluice/service/elasticsearch-settings';
import { sinkShape } from '@sluice/sink/sink-settings';

/** Settings of the sink for Elasticsearch. */
export const configSchema = {
  ...sinkShape,
  ...elasticsearchShape,
  /** What `sluice expire elasticsearch` is run with: the sink tells how far behind it is. Default: none, nothing expires. */
  elasticsearchRetentionMs: z.coerce.number().int().positive().optional(),
};
