import { registerSchemas } from '@sluice/canonical-event/registry';
import { applyStreamTopics } from '@sluice/cli/apply-stream-topics';
import type { Endpoints } from '@sluice/dev-servers/endpoints';
import { migrateClickHouse } from '@sluice/sink-clickhouse/migrate';
import { installTemplates } from '@sluice/sink-elasticsearch/install-templates';

/** Everything that a stream needs before services start: the steps of a release, on one broker. */
export async function setUpStream(endpoints: Endpoints, stream: string): Promise<void> {
  await Promise.all([
    applyStreamTopics({ brokers: endpoints.kafkaBrokers, clientId: 'sluice-start' }, stream, { replicas: 1 }),
    registerSchemas({ url: endpoints.registryUrl }, stream),
    migrateClickHouse({ url: endpoints.clickhouseUrl, username: 'default', password: '', database: stream }),
    installTemplates({ url: endpoints.elasticsearchUrl, stream, replicas: 0 }),
  ]);
}
