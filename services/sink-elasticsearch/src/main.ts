import { readConfig } from '@sluice/service/read-config';
import { runService } from '@sluice/service/run-service';
import { seldom } from '@sluice/service/seldom';
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
    const warn = seldom((level: 'warn', sentence) => context.log[level](sentence));
    const store = createElasticsearchStore(
      {
        url: config.elasticsearchUrl,
        stream: config.stream,
        ...(username !== undefined && password ? { auth: { username, password: password.reveal() } } : {}),
      },
      {
        displaced: (index, reason) =>
          warn(
            'warn',
            `The index ${index} takes no documents (${reason}): they go to its undated one. Make room for it, then rebuild.`,
          ),
      },
    );
    return runSink('sink-elasticsearch', 'SINK_ELASTICSEARCH', store, context);
  },
);
