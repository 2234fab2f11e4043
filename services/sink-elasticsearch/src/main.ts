import { readConfig, secret } from '@sluice/service/read-config';
import { runService } from '@sluice/service/run-service';
import { runSink, sinkShape } from '@sluice/sink/run-sink';
import { z } from 'zod';
import { createElasticsearchStore } from './elasticsearch-store.ts';

const shape = {
  ...sinkShape,
  elasticsearchUrl: z.url(),
  elasticsearchUsername: z.string().optional(),
  elasticsearchPassword: secret.optional(),
};

await runService(
  'sink-elasticsearch',
  process,
  (env) => readConfig(shape, env),
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
