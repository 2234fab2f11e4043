import { readConfig, secret } from '@sluice/service/read-config';
import { runService } from '@sluice/service/run-service';
import { runSink, sinkShape } from '@sluice/sink/run-sink';
import { z } from 'zod';
import { createClickHouseStore } from './clickhouse-store.ts';

const shape = {
  ...sinkShape,
  clickhouseUrl: z.url(),
  clickhouseUsername: z.string().default('default'),
  clickhousePassword: secret.optional(),
};

await runService(
  'sink-clickhouse',
  process,
  (env) => readConfig(shape, env),
  (context) => {
    const { config } = context;
    const store = createClickHouseStore({
      url: config.clickhouseUrl,
      username: config.clickhouseUsername,
      password: config.clickhousePassword?.reveal() ?? '',
      database: config.stream,
    });
    return runSink('sink-clickhouse', 'SINK_CLICKHOUSE', store, context);
  },
);
