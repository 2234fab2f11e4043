import { readConfig } from '@sluice/service/read-config';
import { runService } from '@sluice/service/run-service';
import { runSink } from '@sluice/sink/run-sink';
import { createClickHouseStore } from './clickhouse-store.ts';
import { clickhouse } from './descriptor.ts';
import { configSchema } from './settings.ts';

await runService(
  clickhouse.service,
  process,
  (env) => readConfig(configSchema, env),
  (context) => {
    const { config } = context;
    const store = createClickHouseStore({
      url: config.clickhouseUrl,
      username: config.clickhouseUsername,
      password: config.clickhousePassword?.reveal() ?? '',
      database: config.stream,
    });
    return runSink(clickhouse, store, context);
  },
);
