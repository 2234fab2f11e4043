import type { Endpoints } from '@sluice/dev-servers/endpoints';
import { deleteTopics } from '@sluice/kafka/topics-admin';
import { subjectOf, topicOf } from '@sluice/schemas/topics';
import { allTopics } from '@sluice/vendors/topics';

const names = allTopics;

/**
 * Deletes everything that a stream has: topics, subjects, database, indices and templates. What does not exist is
 * passed over.
 * @throws AggregateError with all that could not be deleted
 */
export async function removeStream(endpoints: Endpoints, stream: string): Promise<void> {
  const ended = await Promise.allSettled([
    deleteTopics(
      { brokers: endpoints.kafkaBrokers, clientId: 'sluice-bench' },
      names.map((name) => topicOf(stream, name)),
    ),
    removeSubjects(endpoints.registryUrl, stream),
    request('POST', `${endpoints.clickhouseUrl}/`, `DROP DATABASE IF EXISTS \`${stream}\``),
    removeIndices(endpoints.elasticsearchUrl, stream),
  ]);
  const failures = ended.filter((one) => one.status === 'rejected').map(({ reason }) => reason as unknown);
  if (failures.length > 0)
    throw new AggregateError(failures, `Not all of stream ${stream} could be deleted.`);
}

async function removeSubjects(url: string, stream: string): Promise<void> {
  for (const name of names) {
    const subject = `${url}/subjects/${subjectOf(stream, name)}`;
    await request('DELETE', subject);
    await request('DELETE', `${subject}?permanent=true`);
  }
}

async function removeIndices(url: string, stream: string): Promise<void> {
  const found = await request('GET', `${url}/_cat/indices/${stream}*?format=json&h=index`);
  // By name: the server may refuse to delete by a pattern.
  for (const { index } of JSON.parse(found) as { index: string }[])
    await request('DELETE', `${url}/${index}`);
  await request('DELETE', `${url}/_index_template/${stream}*`);
}

async function request(method: string, url: string, body?: string): Promise<string> {
  const answer = await fetch(url, { method, ...(body === undefined ? {} : { body }) });
  const text = await answer.text();
  if (answer.ok || answer.status === 404) return text;
  throw new Error(`${method} ${url} was answered with ${answer.status}: ${text}`);
}
