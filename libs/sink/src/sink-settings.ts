import { commonShape } from '@sluice/service/common-settings';
import { kafkaShape } from '@sluice/service/kafka-settings';
import { registryShape } from '@sluice/service/registry-settings';
import { z } from 'zod';
import { newerSchemaChoices } from './newer-schemas.ts';

/** Settings of every sink. A batch is written when it is full by count or bytes, or after the linger. */
export const sinkShape = {
  ...commonShape,
  ...kafkaShape,
  ...registryShape,
  stream: z.string().default('sluice'),
  partitionsAtOnce: z.coerce.number().int().positive().default(24),
  batchRecords: z.coerce.number().int().positive().default(5_000),
  batchBytes: z.coerce
    .number()
    .int()
    .positive()
    .default(8 * 1024 * 1024),
  lingerMs: z.coerce.number().int().min(0).default(200),
  concurrentWrites: z.coerce.number().int().positive().default(2),
  maxConsecutiveRejects: z.coerce.number().int().positive().default(500),
  newerSchemas: z.enum(newerSchemaChoices).default('hold'),
  stuckMs: z.coerce.number().int().positive().default(300_000),
  sessionTimeoutMs: z.coerce.number().int().min(6_000).default(30_000),
};
