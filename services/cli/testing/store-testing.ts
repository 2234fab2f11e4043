import { clickhouseTesting } from '@sluice/sink-clickhouse/testing/store-testing';
import { elasticsearchTesting } from '@sluice/sink-elasticsearch/testing/store-testing';
import type { StoreTesting } from '@sluice/sink/testing/store-testing';
import type { SinkId } from '../src/sinks.ts';

/** What tests do with each sink's store. */
export const storeTesting: Readonly<Record<SinkId, StoreTesting>> = {
  clickhouse: clickhouseTesting,
  elasticsearch: elasticsearchTesting,
};
