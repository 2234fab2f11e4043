import { setTimeout as wait } from 'node:timers/promises';
import type { Client } from '@elastic/elasticsearch';
import { errors } from '@elastic/elasticsearch';
import { storedTopics } from '@sluice/schemas/topics';
import { failureBeside, type Store, type StoreItem, type StoreResult } from '@sluice/sink/store';
import { linesOf } from '@sluice/sink/well-formed';
import { backoffMs } from '@sluice/stream/backoff';
import type { BulkItemAnswer } from './classify-error.ts';
import { classifyItem } from './classify-error.ts';
import type { ElasticsearchConnection } from './connection.ts';
import { connect, UnusableServer } from './connection.ts';
import { bulkLines, entityName, indexOf, itemFault, undatedIndexOf } from './documents.ts';
import { findFromRaw } from './from-raw-note.ts';
import { removeCopies } from './remove-copies.ts';
import { retryAfterMs } from './retry-after.ts';
import type { Property } from './templates.ts';
import { pathsOf, templateOf } from './templates.ts';
import { WriteLimit } from './write-limit.ts';

export interface ElasticsearchStoreEvents {
  /** A document went to the undated index, since the index of its month takes none. */
  displaced(index: string, reason: string): void;
  /** Former copies of replayed events stay, since this user may not read or delete documents. */
  copiesStay?(): void;
}

/** How a store treats a server that is busy. */
export interface ElasticsearchStorePatience {
  /** Of the bulk requests in flight. Default: 2. */
  readonly limit?: WriteLimit;
  /** Waits so many ms before documents are sent again; tests bring their own. */
  readonly pause?: (ms: number) => Promise<unknown>;
}

/** Keeps events as documents, one index for each topic and month. */
export function createElasticsearchStore(
  connection: ElasticsearchConnection,
  on: ElasticsearchStoreEvents = { displaced: () => undefined },
  { limit = new WriteLimit(), pause = wait }: ElasticsearchStorePatience = {},
): Store {
  const client = connect(connection);
  const sender: Sender = { client, limit, pause };
  const { stream } = connection;
  // A name that fits no index is an error at boot, not at the first event.
  for (const topic of storedTopics) entityName(stream, topic);
  return {
    async write(items) {
      const faulty: StoreResult[] = [];
      const placed: Placed[] = [];
      for (const item of items) {
        const detail = itemFault(item);
        if (detail === undefined) placed.push({ item, index: indexOf(stream, item) });
        else faulty.push({ id: item.id, outcome: 'rejected', detail });
      }
      const { results, failed, replayed } = await writePlaced(sender, stream, placed, on);
      if (!(await removeCopies(client, stream, replayed))) on.copiesStay?.();
      if (failed.length === 0) return [...faulty, ...results];
      throw failureBeside([...faulty, ...results], failureOf(failed));
    },
    missing: () => findMissing(client, stream),
    async settled(topic) {
      const fromRaw = await findFromRaw(client, stream, topic);
      return fromRaw && { writtenByMs: fromRaw.atMs, before: fromRaw.before };
    },
    close: () => client.close(),
  };
}

interface Sender extends Required<ElasticsearchStorePatience> {
  readonly client: Client;
}

/** An item, and the index that it goes to. */
interface Placed {
  readonly item: StoreItem;
  readonly index: string;
}

/** How the items of a write ended: with a result, or with an answer of which nothing is known. */
interface Ended {
  readonly results: readonly StoreResult[];
  readonly failed: readonly BulkItemAnswer[];
  /** Of the items with a result those that a replay wrote, with the index that has them. */
  readonly replayed: readonly Placed[];
}

/**
 * Writes items. Those whose month's index takes no documents, for a reason that is that index's own, go to the
 * undated one of their topic: an event's time is the sender's to choose, and must not hold up what else comes.
 * @throws when a request failed: nothing is known about its items
 */
async function writePlaced(
  sender: Sender,
  stream: string,
  placed: readonly Placed[],
  on: ElasticsearchStoreEvents,
): Promise<Ended> {
  const { displaced, ...ended } = sortOut(await writePersistently(sender, placed), stream, placed, on);
  if (displaced.length === 0) return ended;
  const others = await writePlaced(sender, stream, displaced, on);
  return {
    results: [...ended.results, ...others.results],
    failed: [...ended.failed, ...others.failed],
    replayed: [...ended.replayed, ...others.replayed],
  };
}

/** @returns how the items ended, and with their new index those that are to be sent again */
function sortOut(
  answers: readonly BulkItemAnswer[],
  stream: string,
  placed: readonly Placed[],
  on: ElasticsearchStoreEvents,
): Ended & { readonly displaced: readonly Placed[] } {
  const byId = new Map(placed.map((one) => [one.item.id, one]));
  const [displaced, replayed]: [Placed[], Placed[]] = [[], []];
  const results: StoreResult[] = [];
  const failed: BulkItemAnswer[] = [];
  for (const answer of answers) {
    const id = answer._id ?? '';
    const one = byId.get(id);
    const ending = classifyItem(answer);
    if (ending.outcome === 'unknown') failed.push(answer);
    else if (ending.outcome !== 'no-place') {
      results.push({ id, ...ending });
      if (one?.item.isReplayed && answer._index !== undefined)
        replayed.push({ item: one.item, index: answer._index });
    } else {
      const index = one && undatedIndexOf(stream, one.item.topic);
      if (!one || index === undefined || index === one.index) failed.push(answer);
      else {
        on.displaced(one.index, answer.error?.type ?? '');
        displaced.push({ item: one.item, index });
      }
    }
  }
  return { results, failed, replayed, displaced };
}

/** @param failed not empty */
function failureOf(failed: readonly BulkItemAnswer[]): Error {
  const [first] = failed;
  const type = first?.error?.type ?? 'without an error';
  if (failed.every(({ status }) => status === 429))
    return new Error(`Elasticsearch turned ${failed.length} documents away (429 ${type}).`);
  return new Error(
    `Elasticsearch failed on ${first?._id ?? ''} (${first?.status ?? 0} ${type}); nothing is known about it${failed.length > 1 ? ` and ${failed.length - 1} others` : ''}.`,
    { cause: first?.error?.reason },
  );
}

/** How often documents are sent that a busy server turns away (429), with their whole request or alone. */
const attempts = 5;

/** The longest that `Retry-After` is heeded, in ms: an attempt at a chunk must end before its process counts as stuck. */
const longestRetryAfterMs = 15_000;

/** How one document was answered. */
interface Answer extends BulkItemAnswer {
  /** What the server asks for that is too busy, in ms. */
  readonly retryAfterMs?: number;
}

const isBusy = ({ status }: Answer): boolean => status === 429;

/**
 * Sends items; those that the server is too busy for are sent again, alone, after a pause. What is written late by it
 * does no harm: the server keeps the higher version.
 * @returns the answer for each item; 429 for those that the server was too busy for at the last attempt too
 * @throws when a request failed
 */
async function writePersistently(sender: Sender, items: readonly Placed[]): Promise<Answer[]> {
  const ended: Answer[] = [];
  let left = items;
  for (let attempt = 1; left.length > 0; attempt += 1) {
    const answers = await writeBulk(sender, left);
    const busy = answers.filter(isBusy);
    const busyIds = new Set(busy.map(({ _id }) => _id));
    ended.push(...answers.filter((answer) => !isBusy(answer)));
    left = left.filter(({ item }) => busyIds.has(item.id));
    if (left.length === 0) return ended;
    if (attempt === attempts) return [...ended, ...busy];
    await sender.pause(askedPauseMs(busy) + backoffMs(attempt, Math.random()));
  }
  return ended;
}

const askedPauseMs = (busy: readonly Answer[]): number =>
  Math.min(
    longestRetryAfterMs,
    busy.reduce((longest, { retryAfterMs = 0 }) => Math.max(longest, retryAfterMs), 0),
  );

/** Writes items with one request, or with two of its halves when the server finds it too large. */
async function writeBulk(sender: Sender, items: readonly Placed[]): Promise<Answer[]> {
  const [first] = items;
  if (!first) return [];
  const answers = await sender.limit.run(
    first.item.topic,
    () => bulk(sender.client, items),
    (found) => found !== 'too large' && found.some(isBusy),
  );
  if (answers !== 'too large') return answers;
  if (items.length === 1) return items.map(({ item: { id } }) => ({ _id: id, status: 413 }));
  const half = Math.ceil(items.length / 2);
  return [
    ...(await writeBulk(sender, items.slice(0, half))),
    ...(await writeBulk(sender, items.slice(half))),
  ];
}

async function bulk(client: Client, items: readonly Placed[]): Promise<Answer[] | 'too large'> {
  try {
    const answer = await client.bulk({
      // The client sends bytes as they are; its types know objects alone.
      operations: linesOf(items.map(({ item, index }) => bulkLines(index, item))) as unknown as object[],
      filter_path: [
        ...['items.*._id', 'items.*.status', 'items.*.error.type', 'items.*.error.reason'],
        ...(items.some(({ item }) => item.isReplayed) ? ['items.*._index'] : []),
      ],
    });
    return checkedAnswers(items, answer);
  } catch (error) {
    if (error instanceof errors.ResponseError && error.statusCode === 413) return 'too large';
    if (error instanceof errors.ResponseError && error.statusCode === 429) return turnedAway(items, error);
    if (error instanceof UnusableServer) throw error;
    throw new Error('Elasticsearch did not take a bulk request; nothing is known about its documents.', {
      cause: error,
    });
  }
}

/** The answer for each item of a request that a busy server refused as a whole. */
function turnedAway(items: readonly Placed[], { body, headers }: errors.ResponseError): Answer[] {
  const { error } = (body ?? {}) as { error?: Partial<BulkItemAnswer['error']> };
  const about = {
    status: 429,
    ...(typeof error?.type === 'string' ? { error: { type: error.type } } : {}),
    retryAfterMs: retryAfterMs(headers?.['retry-after'], Date.now()),
  };
  return items.map(({ item }) => ({ _id: item.id, ...about }));
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

/** Without its template the server would invent the mapping of an index from the first event. */
async function findMissing(client: Client, stream: string): Promise<string[]> {
  const messages: string[] = [];
  for (const topic of storedTopics) {
    const { name, template } = templateOf(topic, { stream });
    const there = await readProperties(client, name);
    const paths = new Set(pathsOf(there ?? {}));
    const absent = pathsOf(template.mappings.properties).filter((path) => !paths.has(path));
    if (!there) messages.push(`Elasticsearch has no index template ${name}: install the templates.`);
    else if (absent.length > 0) {
      messages.push(
        `Elasticsearch's index template ${name} lacks ${absent.join(', ')}: install the templates.`,
      );
    }
  }
  return messages;
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
