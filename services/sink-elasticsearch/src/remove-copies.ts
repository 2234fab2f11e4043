import { errors, type Client } from '@elastic/elasticsearch';
import type { StoreItem } from '@sluice/sink/store';
import { classifyItem, type BulkItemAnswer } from './classify-error.ts';
import { indicesOf } from './documents.ts';

/** A document in an index. */
interface Copy {
  readonly id: string;
  /** The name of the index itself and not of an alias. */
  readonly index: string;
  readonly version: number;
}

/** An item that was written, and the index that has it. */
export interface WrittenItem {
  readonly item: Pick<StoreItem, 'id' | 'version' | 'topic'>;
  readonly index: string;
}

/** The most hits that Elasticsearch answers at once. */
const copiesAtOnce = 10_000;
/** One event has a copy in each index of its topic at the most, and nearly always two. */
const idsAtOnce = 300;

/**
 * Removes the copies of events from the other indices of their topic, or the copies that were just written where another
 * one has a higher version: an erased event, or a later resend. Of equal versions what was just written stays.
 *
 * A copy that Elasticsearch shows to no search yet (`refresh_interval`) is not found.
 * @returns whether this user may read and delete documents; otherwise copies stay
 * @throws when Elasticsearch fails; asking again changes nothing that was done
 */
export async function removeCopies(
  client: Client,
  stream: string,
  written: readonly WrittenItem[],
): Promise<boolean> {
  try {
    await removeAll(client, stream, written);
    return true;
  } catch (error) {
    const isForbidden =
      error instanceof Forbidden || (error instanceof errors.ResponseError && error.statusCode === 403);
    if (isForbidden) return false;
    throw error;
  }
}

/** This user may not delete a document. */
class Forbidden extends Error {}

async function removeAll(client: Client, stream: string, written: readonly WrittenItem[]): Promise<void> {
  for (const [topic, ofTopic] of Map.groupBy(written, ({ item }) => item.topic))
    for (let at = 0; at < ofTopic.length; at += idsAtOnce) {
      const own = ofTopic
        .slice(at, at + idsAtOnce)
        .map(({ item: { id, version }, index }): Copy => ({ id, version, index }));
      const found = await findCopies(client, indicesOf(stream, topic), own);
      await remove(client, superfluous(own, found));
    }
}

/** All but one copy of each event. */
function superfluous(own: readonly Copy[], found: readonly Copy[]): Copy[] {
  const others = Map.groupBy(found, ({ id }) => id);
  return own.flatMap((one) => {
    const elsewhere = (others.get(one.id) ?? []).filter(({ index }) => index !== one.index);
    const kept = elsewhere.reduce((best, copy) => (copy.version > best.version ? copy : best), one);
    return [one, ...elsewhere].filter((copy) => copy !== kept);
  });
}

async function findCopies(client: Client, index: string[], own: readonly Copy[]): Promise<Copy[]> {
  const { hits } = await client.search({
    index,
    ignore_unavailable: true,
    query: { ids: { values: own.map(({ id }) => id) } },
    ...{ size: copiesAtOnce, version: true, _source: false, track_total_hits: false },
    // Else a shard that fails is left out, with status 200.
    allow_partial_search_results: false,
  });
  return hits.hits.map(({ _id = '', _index, _version = 0 }) => ({
    id: _id,
    index: _index,
    version: _version,
  }));
}

/** A copy that is gone is removed; a newer one, and one of an index that takes no writes, stays. */
function isEnded(answer: BulkItemAnswer): boolean {
  return answer.status === 404 || !['unknown', 'rejected'].includes(classifyItem(answer).outcome);
}

/** Removes documents that still have their version. */
async function remove(client: Client, copies: readonly Copy[]): Promise<void> {
  if (copies.length === 0) return;
  const { items } = await client.bulk({
    operations: copies.map(({ id, index, version }) => ({
      delete: { _index: index, _id: id, version, version_type: 'external_gte' },
    })),
    filter_path: ['items.*.status', 'items.*.error'],
  });
  const answers = items.flatMap((item) => item.delete ?? []);
  const failed = answers.find((answer) => !isEnded(answer));
  if (!failed) return;
  if (failed.status === 403) throw new Forbidden();
  throw new Error(
    `Elasticsearch did not remove a copy of a replayed event (${failed.status} ${failed.error?.type ?? 'without an error'}).`,
  );
}
