import { readConfig } from '@sluice/service/read-config';
import { runService } from '@sluice/service/run-service';
import { throttled } from '@sluice/service/throttled';
import { runSink } from '@sluice/sink/run-sink';
import { createElasticsearchStore } from './elasticsearch-store.ts';
import { elasticsearch } from './descriptor.ts';
import { configSchema } from './settings.ts';
import { watchOverdue } from './watch-overdue.ts';

const overdueEveryMs = 60_000;

await runService(
  elasticsearch.service,
  process,
  (env) => readConfig(configSchema, env),
  async (context) => {
    const { config } = context;
    const { elasticsearchUsername: username, elasticsearchPassword: password } = config;
    const warn = throttled((level: 'warn', message) => context.log[level](message));
    const connection = {
      url: config.elasticsearchUrl,
      stream: config.stream,
      ...(username !== undefined && password ? { auth: { username, password: password.reveal() } } : {}),
    };
    const store = createElasticsearchStore(connection, {
      displaced: (index, reason) =>
        warn(
          'warn',
          `The index ${index} accepts no documents (${reason}): they go to the undated index. Fix the index, then rebuild.`,
        ),
    });
    const running = await runSink(elasticsearch, store, context);
    const retentionMs = config.elasticsearchRetentionMs;
    if (retentionMs === undefined) return running;
    const overdue = watchOverdue(connection, retentionMs, overdueEveryMs, context);
    return {
      ...running,
      async stop() {
        await overdue.stop();
        await running.stop();
      },
    };
  },
);
