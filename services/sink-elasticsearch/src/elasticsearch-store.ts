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
import { bulkPair, entityName, indexOf, itemFault, undatedIndexOf } from './documents.ts';
import type { Property } from './templates.ts';
import { pathsOf, templateOf } from './templates.ts';

export interface ElasticsearchStoreEvents {
  /** A document went to the undated index, since the index of its month takes none. */
  displaced(index: string, reason: string): void;
}

/** Keeps events as documents, one index for each topic and month. */
export function createElasticsearchStore(
  connection: ElasticsearchConnection,
  on: ElasticsearchStoreEvents = { displaced: () => undefined },
): Store {
  const client = connect(connection);
  const { stream } = connection;
  // A name that fits no index is an error at boot, not at the first event.
  for (const topic of storedTopics) entityName(stream, topic);
  return {
    async write(items) {
      const faulty = items.flatMap((item): StoreResult[] => {
        const detail = itemFault(item);
        return detail === undefined ? [] : [{ id: item.id, outcome: 'rejected', detail }];
      });
      const sendable = items.filter((item) => itemFault(item) === undefined);
      const placed = sendable.map((item): Placed => ({ item, index: indexOf(stream, item) }));
      return [...faulty, ...(await writePlaced(client, stream, placed, on))];
    },
    missing: () => findMissing(client, stream),
    close: () => client.close(),
  };
}

/** An item, and the index that it goes to. */
interface Placed {
  readonly item: StoreItem;
  readonly index: string;
}

/**
 * Writes items. Those whose month's index takes no documents, for a reason that is that index's own, go to the
 * undated one of their topic: an event's time is the sender's to choose, and must not hold up what else comes.
 * @throws as `writePersistently`, and when the undated index takes none either
 */
async function writePlaced(
  client: Client,
  stream: string,
  placed: readonly Placed[],
  on: ElasticsearchStoreEvents,
): Promise<StoreResult[]> {
  const byId = new Map(placed.map((one) => [one.item.id, one]));
  const displaced: Placed[] = [];
  const ended = (await writePersistently(client, placed)).flatMap((answer) => {
    const one = byId.get(answer._id ?? '');
    const undatedIndex = one && undatedIndexOf(stream, one.item.topic);
    if (
      !one ||
      undatedIndex === undefined ||
      one.index === undatedIndex ||
      classifyItem(answer).outcome !== 'no-place'
    )
      return [resultOf(answer)];
    on.displaced(one.index, answer.error?.type ?? '');
    displaced.push({ item: one.item, index: undatedIndex });
    return [];
  });
  return displaced.length === 0 ? ended : [...ended, ...(await writePlaced(client, stream, displaced, on))];
}

/** How often documents are sent that a busy server turns away (429) from a request whose others it took. */
const attempts = 5;

/**
 * Sends items; those that the server is too busy for are sent again, alone, with back-off.
 * @returns the answer for each item, none of them 429
 * @throws when a request failed, or when the server is still busy at the last attempt
 */
async function writePersistently(client: Client, items: readonly Placed[]): Promise<BulkItemAnswer[]> {
  const ended: BulkItemAnswer[] = [];
  let left = items;
  for (let attempt = 1; left.length > 0; attempt += 1) {
    const answers = await writeBulk(client, left);
    const busy = answers.filter(({ status }) => status === 429);
    const busyIds = new Set(busy.map(({ _id }) => _id));
    ended.push(...answers.filter(({ status }) => status !== 429));
    left = left.filter(({ item }) => busyIds.has(item.id));
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
async function writeBulk(client: Client, items: readonly Placed[]): Promise<BulkItemAnswer[]> {
  if (items.length === 0) return [];
  const answers = await bulk(client, items);
  if (answers !== 'too large') return answers;
  if (items.length === 1) return items.map(({ item: { id } }) => ({ _id: id, status: 413 }));
  const half = Math.ceil(items.length / 2);
  return [
    ...(await writeBulk(client, items.slice(0, half))),
    ...(await writeBulk(client, items.slice(half))),
  ];
}

async function bulk(client: Client, items: readonly Placed[]): Promise<BulkItemAnswer[] | 'too large'> {
  try {
    const answer = await client.bulk({
      operations: items.flatMap(({ item, index }) => [...bulkPair(index, item)]),
      filter_path: ['items.*._id', 'items.*.status', 'items.*.error.type', 'items.*.error.reason'],
    });
    return checkedAnswers(items, answer);
  } catch (error) {
    if (error instanceof errors.ResponseError && error.statusCode === 413) return 'too large';
    throw new Error('Elasticsearch did not take a bulk request; nothing is known about its documents.', {
      cause: error,
    });
  }
}

/**
 * The answers of a bulk request, when there is exactly one for each item. Status 200 alone says nothing: a proxy's page,
 * an empty body or another cluster's answer may have it.
 */
function checkedAnswers(items: readonly Placed[], answer: unknown): BulkItemAnswer[] {
  const { items: found } = (answer ?? {}) as { items?: unknown };
  const answers = (Array.isArray(found) ? (found as Record<string, BulkItemAnswer>[]) : []).flatMap((one) =>
    Object.values(one),
  );
  const asked = new Set<unknown>(items.map(({ item }) => item.id));
  const isWhole =
    answers.length === items.length && answers.every(({ _id, status }) => asked.delete(_id) && status > 0);
  if (!isWhole) throw new Error(`It answered for ${answers.length} of ${items.length} documents.`);
  return answers;
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
    case 'no-place':
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
