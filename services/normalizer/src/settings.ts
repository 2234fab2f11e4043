import { z } from 'zod';
import { kafkaShape } from '@sluice/service/kafka-settings';
import { registryShape } from '@sluice/service/registry-settings';
import { list } from '@sluice/service/read-config';
import { commonShape } from '@sluice/service/common-settings';

/** Settings of the normalizer. */
export const configSchema = {
  ...commonShape,
  ...kafkaShape,
  ...registryShape,
  stream: z.string().default('sluice'),
  sourcesFile: z.string(),
  partitionsAtOnce: z.coerce.number().int().positive().default(6),
  chunkRecords: z.coerce.number().int().positive().default(200),
  chunkBytes: z.coerce
    .number()
    .int()
    .positive()
    .default(2 * 1024 * 1024),
  /** Consumer groups of other teams, whose lag is shown. */
  subscriberGroups: list.optional(),
  maxConsecutiveRejects: z.coerce.number().int().positive().default(500),
  stuckMs: z.coerce.number().int().positive().default(300_000),
  sessionTimeoutMs: z.coerce.number().int().min(6_000).default(30_000),
};
