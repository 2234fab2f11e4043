import { z } from 'zod';
import { secret } from '@sluice/service/read-config';
import { sinkShape } from '@sluice/sink/sink-settings';

/** Settings of the sink for ClickHouse. */
export const configSchema = {
  ...sinkShape,
  clickhouseUrl: z.url(),
  clickhouseUsername: z.string().default('default'),
  clickhousePassword: secret.optional(),
  /** Read again for each request. */
  clickhousePasswordFile: z.string().min(1).optional(),
};
