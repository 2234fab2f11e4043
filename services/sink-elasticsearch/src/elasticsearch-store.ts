import { setTimeout as wait } from 'node:timers/promises';
import type { Client } from '@elastic/elasticsearch';
import { errors } from '@elastic/elasticsearch';
import { storedTopics } from '@sluice/schemas/topics';
import type { Store, StoreItem, StoreResult } from '@sluice/sink/store';
import { backoffMs } from '@sluice/stream/backoff';
import type { BulkItemAnswer } from './classify-error.ts';
import { classifyItem } from './classify-error.ts';
import type { ElasticsearchConnection } from './connection.ts';
import { connect } from './connection.ts';
import { bulkPair, entityName, idFault } from './documents.ts';
import type { Property } from './templates.ts';
import { pathsOf, templateOf } from './templates.ts';

/** Keeps events as documents, one index for each topic and month. */
export function createElasticsearchStore(connection: ElasticsearchConnection): Store {
  const client = connect(connection);
  const { stream } = connection;
  // A name that fits no index is an error at boot, not at the first event.
  for (const topic of storedTopics) entityName(stream, topic);
  return {
    async write(items) {
      const faulty = items.flatMap(({ id }): StoreResult[] => {
        const detail = idFault(id);
        return detail === undefined ? [] : [{ id, outcome: 'rejected', detail }];
      });
      const sendable = items.filter(({ id }) => idFault(id) === undefined);
      return [...faulty, ...(await writePersistently(client, stream, sendable))];
    },
    missing: () => findMissing(client, stream),
    close: () => client.close(),
  };
}

/** How often documents are sent that a busy server turns away (429) from a request whose others it took. */
const attempts = 5;

/**
 * Writes items; those that the server is too busy for are sent again, alone, with back-off.
 * @throws when the request failed, when one of its items did in a way that is not known to be the document's
 *   fault, or when the server is still busy at the last attempt
 */
async function writePersistently(
  client: Client,
  stream: string,
  items: readonly StoreItem[],
): Promise<StoreResult[]> {
  const ended: StoreResult[] = [];
  let left = items;
  for (let attempt = 1; left.length > 0; attempt += 1) {
    const answers = await writeBulk(client, stream, left);
    const busy = answers.filter(({ status }) => status === 429);
    const busyIds = new Set(busy.map(({ _id }) => _id));
    ended.push(...answers.filter(({ status }) => status !== 429).map(resultOf));
    left = left.filter(({ id }) => busyIds.has(id));
    if (left.length === 0) return ended;
    if (attempt === attempts)
      throw new Error(
        `Elasticsearch turned ${left.length} documents away (429 ${busy[0]?.error?.type ?? 'without an error'}).`,
      );
    await wait(backoffMs(attempt, Math.random()));
  }
  return ended;
}

/** Writes items with one request, or with two of its halves when the server finds it too large. */
async function writeBulk(
  client: Client,
  stream: string,
  items: readonly StoreItem[],
): Promise<BulkItemAnswer[]> {
  if (items.length === 0) return [];
  const answers = await bulk(client, stream, items);
  if (answers !== 'too large') return answers;
  if (items.length === 1) return items.map(({ id }) => ({ _id: id, status: 413 }));
  const half = Math.ceil(items.length / 2);
  return [
    ...(await writeBulk(client, stream, items.slice(0, half))),
    ...(await writeBulk(client, stream, items.slice(half))),
  ];
}

async function bulk(
  client: Client,
  stream: string,
  items: readonly StoreItem[],
): Promise<BulkItemAnswer[] | 'too large'> {
  try {
    const { items: answers } = await client.bulk({
      operations: items.flatMap((item) => [...bulkPair(stream, item)]),
      filter_path: ['items.*._id', 'items.*.status', 'items.*.error.type', 'items.*.error.reason'],
    });
    return answers.flatMap((answer) => Object.values(answer));
  } catch (error) {
    if (error instanceof errors.ResponseError && error.statusCode === 413) return 'too large';
    throw new Error('Elasticsearch did not take a bulk request; nothing is known about its documents.', {
      cause: error,
    });
  }
}

function resultOf(answer: BulkItemAnswer): StoreResult {
  const id = answer._id ?? '';
  const ending = classifyItem(answer);
  switch (ending.outcome) {
    case 'written':
    case 'stale':
      return { id, outcome: ending.outcome };
    case 'rejected':
      return { id, outcome: 'rejected', detail: ending.detail };
    case 'unknown':
      throw new Error(
        `Elasticsearch failed on ${id} (${answer.status} ${answer.error?.type ?? 'without an error'}); ` +
          'nothing is known about the documents of its request.',
        { cause: answer.error?.reason },
      );
  }
}

/** Without its template the server would invent the mapping of an index from the first event. */
async function findMissing(client: Client, stream: string): Promise<string[]> {
  const sentences: string[] = [];
  for (const topic of storedTopics) {
    const { name, template } = templateOf(topic, { stream, analyzer: 'standard' });
    const there = await readProperties(client, name);
    const paths = new Set(pathsOf(there ?? {}));
    const absent = pathsOf(template.mappings.properties).filter((path) => !paths.has(path));
    if (!there) sentences.push(`Elasticsearch has no index template ${name}: install the templates.`);
    else if (absent.length > 0) {
      sentences.push(
        `Elasticsearch's index template ${name} lacks ${absent.join(', ')}: install the templates.`,
      );
    }
  }
  return sentences;
}

/** The fields of an installed template; undefined when there is no such template. */
async function readProperties(client: Client, name: string): Promise<Record<string, Property> | undefined> {
  try {
    const { index_templates } = await client.indices.getIndexTemplate({ name });
    return (index_templates[0]?.index_template.template?.mappings?.properties ?? {}) as Record<
      string,
      Property
    >;
  } catch (error) {
    if (error instanceof errors.ResponseError && error.statusCode === 404) return undefined;
    throw error;
  }
}
