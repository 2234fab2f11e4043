import { sinks } from '@sluice/cli/sinks';
import { storeTesting } from '@sluice/cli/testing/store-testing';
import type { Endpoints } from '@sluice/dev-servers/endpoints';
import { deleteTopics } from '@sluice/kafka/topics-admin';
import { subjectOf, topicOf } from '@sluice/schemas/topics';
import { allTopics } from '@sluice/vendors/topics';
import { storeAddresses } from '../src/store-addresses.ts';

/**
 * Deletes everything that a stream has in the servers: topics (where brokers are named), subjects, and what is
 * in each store. What does not exist is passed over.
 * @throws AggregateError with all that could not be deleted
 */
export async function removeStream(
  endpoints: Omit<Endpoints, 'kafkaBrokers' | 'provider'> & Partial<Endpoints>,
  stream: string,
): Promise<void> {
  const topics = allTopics.map((name) => topicOf(stream, name));
  const addresses = storeAddresses(endpoints, stream);
  const ended = await Promise.allSettled([
    endpoints.kafkaBrokers &&
      deleteTopics({ brokers: endpoints.kafkaBrokers, clientId: 'sluice-remove' }, topics),
    removeSubjects(endpoints.registryUrl, stream),
    ...sinks.map(({ id }) => storeTesting[id].remove(addresses[id])),
  ]);
  const failures = ended.filter((one) => one.status === 'rejected').map(({ reason }) => reason as unknown);
  if (failures.length > 0)
    throw new AggregateError(failures, `Not all of stream ${stream} could be deleted.`);
}

async function removeSubjects(registryUrl: string, stream: string): Promise<void> {
  for (const name of allTopics) {
    const subject = `${registryUrl}/subjects/${subjectOf(stream, name)}`;
    await remove(subject);
    await remove(`${subject}?permanent=true`);
  }
}

async function remove(url: string): Promise<void> {
  const answer = await fetch(url, { method: 'DELETE' });
  if (!answer.ok && answer.status !== 404)
    throw new Error(`DELETE ${url} was answered with ${answer.status}: ${await answer.text()}`);
}
