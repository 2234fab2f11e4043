import { randomUUID } from 'node:crypto';
import type { Client } from '@elastic/elasticsearch';
import type { StoredTopic } from '@sluice/schemas/topics';
import { storedTopics } from '@sluice/schemas/topics';
import type { ElasticsearchConnection } from '../src/connection.ts';
import { connect } from '../src/connection.ts';
import { entityName } from '../src/documents.ts';

/** A stream of a test's own on the server that Jest's set-up acquired: templates and indices of one prefix. */
export interface ScratchStream extends ElasticsearchConnection {
  readonly client: Client;
  /** The sources of what a search over all indices of a topic finds. */
  search<T>(topic: StoredTopic, query: object): Promise<T[]>;
  remove(): Promise<void>;
}

export function scratchStream(): ScratchStream {
  const endpoints = JSON.parse(process.env.SLUICE_TEST_ENDPOINTS ?? '{}') as { elasticsearchUrl: string };
  const connection: ElasticsearchConnection = {
    url: endpoints.elasticsearchUrl,
    stream: `test-${randomUUID().replaceAll('-', '')}`,
  };
  const client = connect(connection);
  return {
    ...connection,
    client,
    async search<T>(topic: StoredTopic, query: object) {
      const index = `${entityName(connection.stream, topic)}-*`;
      await client.indices.refresh({ index });
      const { hits } = await client.search<T>({ index, query });
      return hits.hits.flatMap(({ _source }) => (_source === undefined ? [] : [_source]));
    },
    async remove() {
      await client.indices.delete({ index: `${connection.stream}*`, expand_wildcards: 'all' });
      for (const topic of storedTopics) {
        await client.indices.deleteIndexTemplate(
          { name: entityName(connection.stream, topic) },
          { ignore: [404] },
        );
      }
      await client.close();
    },
  };
}
