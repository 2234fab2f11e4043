import { z } from 'zod';
import { defaultPublisherLimits } from '@sluice/kafka/publisher';
import { requestLimitBytes } from '@sluice/schemas/topics';
import { kafkaShape, registryShape } from '@sluice/service/kafka-settings';
import { commonShape } from '@sluice/service/common-settings';
import { defaultAdmissionLimits } from './admission.ts';
import { defaultSpoolLimits } from './spool/spool-limits.ts';

/** Settings of ingress; the variable of `publishDeadlineMs` is `SLUICE_PUBLISH_DEADLINE_MS`. */
export const configSchema = {
  ...commonShape,
  ...kafkaShape,
  ...registryShape,
  host: z.string().default('0.0.0.0'),
  port: z.coerce.number().int().min(0).max(65_535).default(8080),
  sourcesFile: z.string(),
  requestLimitBytes: z.coerce.number().int().positive().default(requestLimitBytes),
  maxConnections: z.coerce.number().int().positive().default(2_000),
  replayCacheEntries: z.coerce.number().int().positive().default(1_000_000),
  heartbeatMs: z.coerce.number().int().min(100).default(5_000),
  publishDeadlineMs: z.coerce.number().int().positive().default(2_000),
  spoolFolder: z.string().optional(),
  spoolMaxBytes: z.coerce.number().int().positive().default(defaultSpoolLimits.maxBytes),
  publishMaxBytes: z.coerce.number().int().positive().default(defaultPublisherLimits.maxBytes),
  bodiesMaxBytes: z.coerce.number().int().positive().default(defaultAdmissionLimits.bodyBytes),
  trustProxy: z.union([z.coerce.number().int().min(0), z.string()]).default(0),
};
