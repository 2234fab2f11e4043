import type { SinkId } from '@sluice/cli/sinks';
import type { Endpoints } from '@sluice/dev-servers/endpoints';

/** Where each sink's store is. */
export const storeUrls = (endpoints: Pick<Endpoints, `${SinkId}Url`>): Readonly<Record<SinkId, string>> => ({
  clickhouse: endpoints.clickhouseUrl,
  elasticsearch: endpoints.elasticsearchUrl,
});
