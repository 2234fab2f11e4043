import { canonicalTopics } from '@sluice/schemas/topics';
import type { Sought, StoredEvent } from '@sluice/sink/stored-event';
import { withServerContext } from '../with-server-context.ts';
import { clickHouseAt, elasticsearchAt } from '../stores.ts';
import type { FindOptions } from './command.ts';

/** A store that is asked for events of all topics. */
export interface Store {
  readonly name: 'ClickHouse' | 'Elasticsearch';
  /** @param most how many of a topic at most, the latest received */
  find(sought: Sought, most: number): Promise<StoredEvent[]>;
}

/** Those that the options name. */
export async function openStores(options: FindOptions): Promise<Store[]> {
  const { clickhouse, elasticsearch } = options;
  const stores: Store[] = [];
  if (clickhouse !== undefined) {
    const { eventsWithRows } = await import('@sluice/sink-clickhouse/find-events');
    const connection = clickHouseAt(clickhouse, options);
    stores.push({
      name: 'ClickHouse',
      find: (sought, most) =>
        withServerContext('ClickHouse', '--clickhouse', clickhouse, () =>
          ofAllTopics((topic) => eventsWithRows(connection, topic, sought, most)),
        ),
    });
  }
  if (elasticsearch !== undefined) {
    const { eventsWithDocuments } = await import('@sluice/sink-elasticsearch/find-events');
    const connection = elasticsearchAt(elasticsearch, options);
    stores.push({
      name: 'Elasticsearch',
      find: (sought, most) =>
        withServerContext('Elasticsearch', '--elasticsearch', elasticsearch, () =>
          ofAllTopics((topic) => eventsWithDocuments(connection, topic, sought, most)),
        ),
    });
  }
  return stores;
}

async function ofAllTopics(
  find: (topic: (typeof canonicalTopics)[number]) => Promise<StoredEvent[]>,
): Promise<StoredEvent[]> {
  return (await Promise.all(canonicalTopics.map(find))).flat();
}
