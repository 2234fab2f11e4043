import { committedOffsets } from '@sluice/kafka/group-lag';
import { topicOf, type CanonicalTopic, type StoredTopic } from '@sluice/schemas/topics';
import { isInScope, type RebuildScope } from '@sluice/sink/rebuild-scope';
import type { GoneRecords } from '@sluice/kafka/read-range';
import type { Rebuild, RebuildTarget, RunPart } from '@sluice/sink/rebuild-target';
import type { StoreItem } from '@sluice/sink/store';
import { timeOf } from '../printable.ts';
import type { Killers } from '../killers.ts';
import { canonicalFeed } from './canonical-feed.ts';
import type { SayRebuild } from './facts.ts';
import {
  heldBy,
  highOf,
  lengthOf,
  lowOf,
  oldestRecords,
  rangesBetween,
  type Feed,
  type FeedPlace,
  type Held,
} from './feed.ts';
import { persistently } from './persistent-store.ts';
import { onlyThose, workInto } from './work-into.ts';

export interface RebuildPlan extends FeedPlace {
  readonly target: RebuildTarget;
  readonly feed: Feed;
  /** The group of the sink that writes the store. */
  readonly sinkGroup: string;
  /** Names this rebuild among all of the stream: digits. */
  readonly run: string;
  /** The share of a topic's events, in percent, that readers may see less of afterwards. */
  readonly maxGonePercent: number;
  /** Whether what a rebuild from the raw topics got rid of may come back. */
  readonly bringsBack?: boolean;
  /** Which records nobody works on again. */
  readonly killers?: Killers;
  /** Epoch ms, by the clock that writes the topics' records. Default: this machine's. */
  readonly now?: () => number;
  readonly signal: AbortSignal;
  readonly say: SayRebuild;
}

/** The user ended the rebuild before anything was swapped. */
export class Interrupted extends Error {}

/** Few enough to be read again behind the swap in a moment. */
const shortTail = 1_000;
/** How often the new store catches up before it is swapped in, if ever more than a short tail comes meanwhile. */
const catchUps = 10;

/**
 * Fills new tables or indices next to those that serve, and swaps them in. What serves is not touched before the swap.
 *
 * Nothing is lost at the swap, though sinks write all the time: whatever they wrote to the old tables came from
 * records that were in the topics before the swap, and all records up to the end that the topics have after it are
 * read. What is written twice has the same id and version.
 */
export async function rebuild(
  plan: RebuildPlan & {
    /** Whether no other rebuild of the store has begun: it would remove what is filled here. */
    readonly isAlone: () => Promise<boolean>;
  },
): Promise<void> {
  const { target, feed, connection, now = Date.now, say, signal } = plan;
  await checkRemoved(plan);
  const startedAt = now();
  for (const orphan of await target.orphans()) {
    say(`Removing ${orphan}, which an interrupted rebuild left.`, { of: 'orphan', name: orphan });
    await target.removeOrphan(orphan);
  }
  // Before anything is copied: what the sink writes later than this is read from the topics again.
  const committed = await committedAtStart(plan);
  // Counted before the topics are asked for their ends: what readers saw was made of records before these.
  const seen = await countAll(plan.topics, target);
  const held = await heldBy(connection, feed.topics);
  const begun = await target.begin(plan.run, plan.topics);
  let isSwapping = false;
  try {
    await copyUnchanged(plan, begun, held);
    const { read, gone } = await fill(plan, begun, held);
    check(plan, seen, await countAll(plan.topics, begun));
    if (signal.aborted) throw new Interrupted();
    if (!(await plan.isAlone()))
      throw new Error(
        'Nothing was swapped: another rebuild has begun, because this one was silent for too long.',
      );
    await checkUnchanged(plan.topics, begun);
    isSwapping = true;
    say('Swapping. From now on it cannot be stopped.', { of: 'swapping' });
    for (const topic of plan.topics) {
      await checkUnchanged([topic], begun);
      await begun.swap(topic, feed.isCanonical ? null : startedAt);
    }
    const { lost, settled } = await writeTail(plan, { held, read, gone, committed });
    if (lost === 0)
      for (const topic of settled ? plan.topics : [])
        await begun.noteSettled(topic, settled?.get(topicOf(plan.stream, topic)) ?? new Map());
    await begun.end();
    if (lost > 0)
      throw new Error(
        `${lost} records were deleted from Kafka shortly before the swap. Their events may be missing.`,
      );
  } catch (error) {
    if (!isSwapping) {
      // The next rebuild removes it as an orphan.
      await begun.end().catch(() => undefined);
      throw error;
    }
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(
      `The rebuild failed during the swap: ${reason} Run it again: until then, the newest events may be missing for readers.`,
      { cause: error },
    );
  }
}

/** What a rebuild would do, a line for each topic; nothing is changed. */
export async function tellRebuild(plan: RebuildPlan): Promise<void> {
  const { target, feed, connection, say } = plan;
  await checkRemoved(plan);
  for (const orphan of await target.orphans())
    say(`${orphan}, which an interrupted rebuild left, would be removed.`, { of: 'orphan', name: orphan });
  const held = await heldBy(connection, feed.topics);
  const records = lengthOf(rangesBetween(lowOf(held), held));
  say(`${records} records would be read from ${feed.topics.join(', ')}.`, { of: 'to-read', records });
  for (const topic of plan.topics) {
    const [events, outside] = await Promise.all([
      target.count(topic),
      target.countOutside(topic, await feed.scopeOf(topic, held, target)),
    ]);
    say(`${topic}: readers see ${events} events; ${outside} of them would be carried over as they are.`, {
      ...{ of: 'to-carry-over', topic, seen: events, events: outside },
    });
  }
  say('Nothing was changed.', { of: 'unchanged' });
}

/** Parts of a copy: each is tried again while the server fails, and none is begun when the user has ended it. */
function partsOf(signal: AbortSignal, say: SayRebuild): RunPart {
  return (part) => {
    if (signal.aborted) throw new Interrupted();
    return persistently(part, { say, signal });
  };
}

/**
 * The canonical topics hold for a while what a rebuild from the raw topics got rid of.
 * @throws an error when it would come back
 */
async function checkRemoved({
  target,
  feed,
  topics,
  stream,
  connection,
  bringsBack,
}: RebuildPlan): Promise<void> {
  if (!feed.isCanonical || bringsBack) return;
  for (const topic of topics) {
    const fromRawAtMs = await target.filledFromRawAt(topic);
    if (fromRawAtMs === null) continue;
    const fullName = topicOf(stream, topic);
    const oldest = await oldestRecords(connection, await heldBy(connection, [fullName]));
    const isOlder = [...(oldest.get(fullName)?.values() ?? [])].some(
      (record) => record !== null && record.timestampMs < fromRawAtMs,
    );
    if (isOlder)
      throw new Error(
        `${topic} was rebuilt from the raw topics at ${timeOf(fromRawAtMs)}, and Kafka still has events that it removed: give --from-raw --sources, or --bring-back to restore them.`,
      );
  }
}

/**
 * How far the sink has come: what it writes of later records may reach what serves after it was copied. Nothing is said
 * of a topic that a rebuild from the raw topics has swapped and not settled: it was killed, or records left, before
 * it had written what the sink wrote meanwhile.
 */
async function committedAtStart({
  target,
  connection,
  stream,
  topics,
  sinkGroup,
}: RebuildPlan): Promise<Offsets> {
  const settled: CanonicalTopic[] = [];
  for (const topic of topics) if ((await target.live.settled(topic))?.before.size !== 0) settled.push(topic);
  // Asked for no topic, Kafka describes all.
  if (settled.length === 0) return new Map();
  return committedOffsets(
    connection,
    sinkGroup,
    settled.map((topic) => topicOf(stream, topic)),
  );
}

type Offsets = ReadonlyMap<string, ReadonlyMap<number, bigint>>;

async function copyUnchanged({ target, feed, topics, signal, say }: RebuildPlan, begun: Rebuild, held: Held) {
  for (const topic of topics) {
    if (signal.aborted) throw new Interrupted();
    const scope = await feed.scopeOf(topic, held, target);
    const outside = await target.countOutside(topic, scope);
    if (outside === 0) continue;
    say(`${topic}: carrying over ${outside} events that are not rebuilt.`, {
      ...{ of: 'carrying-over', topic, events: outside },
    });
    await begun.copyUnchanged(topic, scope, partsOf(signal, say));
  }
}

/**
 * Reads everything, then what came meanwhile, until little is left. What retention took before it was read is not made
 * again: its events are carried over from what serves.
 */
async function fill(
  plan: RebuildPlan,
  begun: Rebuild,
  held: Held,
): Promise<{ readonly read: Offsets; readonly gone: readonly GoneRecords[] }> {
  let [from, to]: [Offsets, Held] = [lowOf(held), held];
  const gone: GoneRecords[] = [];
  for (let round = 0; ; round += 1) {
    const ranges = rangesBetween(from, to);
    const left = await workInto(plan, ranges, begun.store, (batcher, refused) =>
      plan.feed.handle(batcher, { refused }),
    );
    if (plan.signal.aborted) throw new Interrupted();
    await copyGoneUnchanged(plan, begun, left);
    gone.push(...left);
    from = highOf(to);
    to = await heldBy(plan.connection, plan.feed.topics);
    if (round >= catchUps || lengthOf(rangesBetween(from, to)) <= shortTail) return { read: from, gone };
  }
}

async function copyGoneUnchanged(
  { feed, stream, topics, signal, say }: RebuildPlan,
  begun: Rebuild,
  gone: readonly GoneRecords[],
): Promise<void> {
  if (gone.length === 0) return;
  say(
    `${countOf(gone)} records were deleted from Kafka before they were read: their events are carried over as they are.`,
    { of: 'left-kafka', records: countOf(gone) },
  );
  for (const topic of topics) {
    if (signal.aborted) throw new Interrupted();
    const ofTopic = feed.isCanonical ? gone.filter((one) => one.topic === topicOf(stream, topic)) : gone;
    if (ofTopic.length === 0) continue;
    const scope: RebuildScope = { of: 'outside', scope: await feed.scopeOfGone(topic, ofTopic) };
    await begun.copyUnchanged(topic, scope, partsOf(signal, say));
  }
}

const countOf = (gone: readonly GoneRecords[]): number =>
  gone.reduce((sum, { from, to }) => sum + Number(to - from), 0);

type Counts = ReadonlyMap<CanonicalTopic, number>;

async function countAll(
  topics: readonly CanonicalTopic[],
  store: Pick<RebuildTarget, 'count'>,
): Promise<Counts> {
  const counts = new Map<CanonicalTopic, number>();
  for (const topic of topics) counts.set(topic, await store.count(topic));
  return counts;
}

/**
 * @param seen what readers saw when the rebuild began: what came later need not be filled in yet
 * @throws when readers would see much less: nothing is swapped then
 */
function check({ topics, maxGonePercent, say }: RebuildPlan, seen: Counts, filled: Counts): void {
  const problems: string[] = [];
  for (const topic of topics) {
    const [before, after] = [seen.get(topic) ?? 0, filled.get(topic) ?? 0];
    say(`${topic}: readers saw ${before} events at the beginning, and would see ${after}.`, {
      ...{ of: 'counted', topic, before, after },
    });
    if (before - after > (before * maxGonePercent) / 100)
      problems.push(`${topic} would have ${after} events instead of ${before}`);
  }
  if (problems.length === 0) return;
  throw new Error(
    `Nothing was swapped: ${problems.join(', ')}. If that is right, raise --max-gone <percent>.`,
  );
}

/** @throws an error about what a migration, or an operator, changed meanwhile: a swap would take it away again */
async function checkUnchanged(topics: readonly CanonicalTopic[], begun: Rebuild): Promise<void> {
  for (const topic of topics) {
    const changed = await begun.changed(topic);
    if (changed !== null)
      throw new Error(
        `${topic} was changed during the rebuild and is not swapped: ${changed}. Run it again.`,
      );
  }
}

interface Done {
  /** What the feed's topics held when the rebuild began. */
  readonly held: Held;
  /** Up to where they were read before the swap. */
  readonly read: Offsets;
  /** What had left before it was read. */
  readonly gone: readonly GoneRecords[];
  /** How far the sink had come when the rebuild began. */
  readonly committed: Offsets;
}

interface Tail {
  /** Records that Kafka deleted before this tail read them. */
  readonly lost: number;
  /** Up to where the canonical topics leave nothing more to the sink; null for a rebuild from them. */
  readonly settled: Offsets | null;
}

/** Writes again, to what serves now, all that sinks may have written to what served before. */
async function writeTail(plan: RebuildPlan, { held, read, gone, committed }: Done): Promise<Tail> {
  const { target, feed, connection } = plan;
  const endless: RebuildPlan = { ...plan, signal: new AbortController().signal };
  const now = await heldBy(connection, feed.topics);
  const lost = countOf(
    await workInto(endless, rangesBetween(read, now), target.live, (batcher, refused) =>
      feed.handle(batcher, { refused }),
    ),
  );
  if (feed.isCanonical) return { lost, settled: null };
  // Not all canonical events come from the raw topics that were read: what a replay from elsewhere brought, or what
  // comes from records that had left, is taken from the canonical topics, from where the sink was at the beginning.
  const canonical = canonicalFeed(plan, (text) => plan.say(text, { of: 'warning', text }));
  const lows = lowOf(held);
  const whole: Held = new Map(
    [...now].map(([topic, partitions]) => [
      topic,
      new Map([...partitions].map(([at, { high }]) => [at, { low: lows.get(topic)?.get(at) ?? 0n, high }])),
    ]),
  );
  const scopes = new Map<StoredTopic, readonly RebuildScope[]>();
  for (const topic of plan.topics)
    scopes.set(topic, [
      { of: 'outside', scope: await feed.scopeOf(topic, whole, target) },
      ...(gone.length === 0 ? [] : [await feed.scopeOfGone(topic, gone)]),
    ]);
  const isFromElsewhere = ({ topic, event }: StoreItem): boolean =>
    scopes.get(topic)?.some((scope) => isInScope(scope, event.meta)) ?? false;
  const others = await heldBy(connection, canonical.topics);
  // What has left of these before the sink read it is lost to the sink as well, and not by the rebuild.
  await workInto(endless, rangesBetween(committed, others), target.live, (batcher, refused) =>
    canonical.handle(onlyThose(batcher, isFromElsewhere), { refused }),
  );
  return { lost, settled: highOf(others) };
}
