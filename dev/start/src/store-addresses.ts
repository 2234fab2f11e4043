import { bySink, type SinkId } from '@sluice/cli/sinks';
import type { Endpoints } from '@sluice/dev-servers/endpoints';
import type { StoreAddress } from '@sluice/sink/sink-descriptor';

type StoreEndpoints = Pick<Endpoints, `${SinkId}Url`>;

/** Where each sink's store is. */
export const storeUrls = (endpoints: StoreEndpoints): Readonly<Record<SinkId, string>> => ({
  clickhouse: endpoints.clickhouseUrl,
  elasticsearch: endpoints.elasticsearchUrl,
});

/** A stream's data in each store. */
export const storeAddresses = (
  endpoints: StoreEndpoints,
  stream: string,
): Readonly<Record<SinkId, StoreAddress>> => bySink(({ id }) => ({ url: storeUrls(endpoints)[id], stream }));
