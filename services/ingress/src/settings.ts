import { z } from 'zod';
import { defaultPublisherLimits } from '@sluice/kafka/publisher';
import { requestLimitBytes } from '@sluice/schemas/topics';
import { kafkaShape } from '@sluice/service/kafka-settings';
import { registryShape } from '@sluice/service/registry-settings';
import { commonShape } from '@sluice/service/common-settings';
import { httpShape } from '@sluice/service/http-settings';
import { defaultAdmissionLimits } from './admission.ts';
import { defaultSpoolLimits } from './spool/spool-limits.ts';

/** Settings of ingress; the variable of `publishDeadlineMs` is `SLUICE_PUBLISH_DEADLINE_MS`. */
export const configSchema = {
  ...commonShape,
  ...httpShape,
  ...kafkaShape,
  ...registryShape,
  sourcesFile: z.string(),
  requestLimitBytes: z.coerce.number().int().positive().default(requestLimitBytes),
  replayCacheEntries: z.coerce.number().int().positive().default(1_000_000),
  heartbeatMs: z.coerce.number().int().min(100).default(5_000),
  publishDeadlineMs: z.coerce.number().int().positive().default(2_000),
  spoolFolder: z.string().optional(),
  spoolMaxBytes: z.coerce.number().int().positive().default(defaultSpoolLimits.maxBytes),
  publishMaxBytes: z.coerce.number().int().positive().default(defaultPublisherLimits.maxBytes),
  bodiesMaxBytes: z.coerce.number().int().positive().default(defaultAdmissionLimits.bodyBytes),
};
