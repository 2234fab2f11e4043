import { readConfig } from '@sluice/service/read-config';
import { runService } from '@sluice/service/run-service';
import { runSink } from '@sluice/sink/run-sink';
import { createElasticsearchStore } from './elasticsearch-store.ts';
import { settings } from './settings.ts';

await runService(
  'sink-elasticsearch',
  process,
  (env) => readConfig(settings, env),
  (context) => {
    const { config } = context;
    const { elasticsearchUsername: username, elasticsearchPassword: password } = config;
    const store = createElasticsearchStore({
      url: config.elasticsearchUrl,
      stream: config.stream,
      ...(username !== undefined && password ? { auth: { username, password: password.reveal() } } : {}),
    });
    return runSink('sink-elasticsearch', 'SINK_ELASTICSEARCH', store, context);
  },
);
