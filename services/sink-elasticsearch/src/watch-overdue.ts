import type { Client } from '@elastic/elasticsearch';
import { storedTopics } from '@sluice/schemas/topics';
import type { Log } from '@sluice/service/log';
import { repeat } from '@sluice/service/repeat';
import type { Telemetry } from '@sluice/telemetry/telemetry';
import { connect, type ElasticsearchConnection } from './connection.ts';
import { indicesOf } from './documents.ts';

/**
 * Exposes how long ago the oldest document should have been deleted. It is measured at the documents, since a job that
 * never ran, is suspended or is too slow tells nothing itself, and not every cluster has metrics of its jobs.
 * While Elasticsearch cannot be asked the last known figure stays, and the log says so once.
 * @param retentionMs how long documents are kept, since they were received
 */
export function watchOverdue(
  connection: ElasticsearchConnection,
  retentionMs: number,
  everyMs: number,
  { telemetry, log }: { telemetry: Pick<Telemetry, 'gauges'>; log: Pick<Log, 'warn'> },
): { stop(): Promise<void> } {
  const client = connect(connection);
  let oldestMs: number | null = null;
  let failing = false;
  telemetry.gauges('sluice_store_overdue_seconds', () => [
    [
      { store: 'sink-elasticsearch' },
      oldestMs === null ? 0 : Math.max(0, Date.now() - oldestMs - retentionMs) / 1000,
    ],
  ]);
  const looking = repeat(everyMs, async () => {
    try {
      oldestMs = await oldestReceipt(client, connection.stream);
      failing = false;
    } catch (error) {
      if (!failing)
        log.warn(
          { err: error },
          'Elasticsearch did not return the age of the oldest document: check that the sink may read its indices.',
        );
      failing = true;
    }
  });
  return {
    async stop() {
      await looking.stop();
      await client.close();
    },
  };
}

/** When the oldest document of a stream was received, epoch ms; null for an empty stream. It is read off the index, not searched for. */
async function oldestReceipt(client: Client, stream: string): Promise<number | null> {
  let oldest: number | null = null;
  for (const topic of storedTopics) {
    const { aggregations } = await client.search<unknown, { oldest: { value: number | null } }>({
      ...{ index: indicesOf(stream, topic), ignore_unavailable: true, size: 0 },
      allow_partial_search_results: false,
      aggs: { oldest: { min: { field: 'meta.received_at' } } },
    });
    const found = aggregations?.oldest.value ?? null;
    if (found !== null) oldest = Math.min(oldest ?? found, found);
  }
  return oldest;
}
