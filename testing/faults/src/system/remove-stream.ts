import type { Endpoints } from '@sluice/dev-servers/endpoints';
import { deleteTopics } from '@sluice/kafka/topics-admin';
import { topicOf } from '@sluice/schemas/topics';
import { allTopics } from '@sluice/vendors/topics';

/** Removes what a stream left in the servers; one that is gone with its case is passed over. */
export async function removeStream(endpoints: Endpoints, stream: string): Promise<void> {
  const names = allTopics.map((name) => topicOf(stream, name));
  await Promise.allSettled([
    deleteTopics({ brokers: endpoints.kafkaBrokers, clientId: 'sluice-faults' }, names),
    fetch(`${endpoints.clickhouseUrl}/`, { method: 'POST', body: `DROP DATABASE IF EXISTS ${stream}` }),
    fetch(`${endpoints.elasticsearchUrl}/${stream}*?allow_no_indices=true&expand_wildcards=all`, {
      method: 'DELETE',
    }),
    fetch(`${endpoints.elasticsearchUrl}/_index_template/${stream}*`, { method: 'DELETE' }),
  ]);
}
