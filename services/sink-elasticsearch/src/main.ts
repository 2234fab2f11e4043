import { elasticsearchLoginOf } from '@sluice/service/elasticsearch-settings';
import { readConfig } from '@sluice/service/read-config';
import { type Context, runService } from '@sluice/service/run-service';
import { throttled } from '@sluice/service/throttled';
import { runSink } from '@sluice/sink/run-sink';
import { createElasticsearchStore } from './elasticsearch-store.ts';
import { elasticsearch } from './descriptor.ts';
import { configSchema } from './settings.ts';
import { watchOverdue } from './watch-overdue.ts';
import { WriteLimit } from './write-limit.ts';

const overdueEveryMs = 60_000;

await runService(
  elasticsearch.service,
  process,
  (env) => readConfig(configSchema, env),
  async (context) => {
    const { config } = context;
    const warn = throttled((level: 'warn', message) => context.log[level](message));
    const connection = {
      url: config.elasticsearchUrl,
      stream: config.stream,
      ...elasticsearchLoginOf(config, (level, message) => context.log[level](message)),
    };
    const events = {
      displaced: (index: string, reason: string) =>
        warn(
          'warn',
          `The index ${index} accepts no documents (${reason}): they go to the undated index. Fix the index, then rebuild.`,
        ),
      copiesStay: () =>
        warn(
          'warn',
          'Replayed events whose month has changed are two documents: give this user the privileges read and delete, then rebuild.',
        ),
    };
    const store = createElasticsearchStore(connection, events, { limit: measuredLimit(context) });
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

/** The limit of the bulk requests in flight, exposed with what Elasticsearch refused. */
function measuredLimit({ config, telemetry }: Context<{ readonly concurrentWrites: number }>): WriteLimit {
  const labels = { store: elasticsearch.service };
  const limit = new WriteLimit({
    most: config.concurrentWrites,
    refused: () => telemetry.count('sluice_store_refused_total', labels),
  });
  telemetry.gauges('sluice_store_write_limit', () => [[labels, limit.current()]]);
  return limit;
}
