import { readConfig } from '@sluice/service/read-config';
import { runService } from '@sluice/service/run-service';
import { storeLoginOf } from '@sluice/service/store-login';
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
    const { clickhouseUsername: username, clickhousePassword: password } = config;
    const login = { username, password, passwordFile: config.clickhousePasswordFile };
    const store = createClickHouseStore({
      url: config.clickhouseUrl,
      username,
      ...storeLoginOf(clickhouse, login, (level, message) => context.log[level](message)),
      database: config.stream,
    });
    return runSink(clickhouse, store, context);
  },
);
