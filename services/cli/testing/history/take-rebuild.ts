import { topicOf } from '@sluice/schemas/topics';
import { Interrupted, rebuild } from '../../src/rebuild/rebuild.ts';
import type { TestStream } from '../test-stream.ts';
import { wrote, type Copy, type Excused } from './model.ts';
import { partitions, type HistoryServers } from './servers.ts';
import { storeKinds, watchedTopics, type StoreKind, type WatchedTopic } from './watched.ts';
import type { HistoryState } from './state.ts';
import { watchedTarget, type TargetCall } from './watched-target.ts';

/** What happens within a rebuild: before the call of that number, or the first of that name. */
interface Interruption {
  readonly at: number | TargetCall;
  readonly what: 'traffic' | 'expire-raw' | 'expire-canonical' | 'killed' | 'ended by Ctrl-C';
}

export interface RebuildStep {
  readonly store: StoreKind;
  readonly from: 'raw' | 'canonical';
  readonly topics: readonly WatchedTopic[];
  readonly bringsBack: boolean;
  readonly interruptions: readonly Interruption[];
}

interface Place {
  readonly one: TestStream;
  readonly servers: HistoryServers;
  readonly state: HistoryState;
}

/** Rebuilds, and again as the command says when it was killed while it swapped. */
export async function takeRebuild(place: Place, step: RebuildStep): Promise<void> {
  const sink = place.state.sinks[step.store];
  const { model } = sink;
  const startOfRun = new Set<Copy['origin']>(place.state.raw.allHeld());
  if ((await run(place, step, null)) !== 'broken') return;
  for (const [id, copy] of model.must)
    if (copy.isStale && startOfRun.has(copy.origin) && !model.erased.has(id)) model.must.delete(id);
  await run(place, { ...step, interruptions: [] }, sink.written);
}

let runs = 0;

/**
 * @param missing what the run before, which was killed while it swapped, may have left out
 * @returns `ended` when nothing was swapped
 */
async function run(
  { one, servers, state }: Place,
  { store, from, topics, bringsBack, interruptions }: RebuildStep,
  missing: ReadonlySet<string> | null,
): Promise<'done' | 'ended' | 'broken'> {
  const { raw, canonical, pushed } = state;
  const sink = state.sinks[store];
  const { model, positions, fromRawAt } = sink;
  if (from === 'raw')
    for (const topic of watchedTopics)
      await servers.commit(
        store,
        topicOf(one.stream, topic),
        positions[topic].map((offset, partition) => ({ partition, offset })),
      );
  const startedAt = state.now(1_000);
  const lowOf = (partition: number) => raw.partitions[partition]?.low;
  const lowsAtStart = raw.partitions.map(({ low }) => low);
  const rawAtStart = new Set<Copy['origin']>(raw.allHeld());
  const pushedAtStart = new Set<Copy['origin']>(pushed);
  const canonicalAtStart = topics.flatMap((topic) => canonical[topic].allHeld());
  const unread = topics.flatMap((topic) =>
    positions[topic].flatMap((position, partition) => canonical[topic].held(partition, position)),
  );
  const isRefused =
    from === 'canonical' &&
    !bringsBack &&
    topics.some((topic) => {
      const at = fromRawAt[topic];
      const oldest = canonical[topic].partitions.flatMap((_, partition) =>
        canonical[topic].held(partition).slice(0, 1),
      );
      return at !== null && oldest.some(({ record }) => record.timestampMs < at);
    });
  sink.written = new Set(missing);

  const controller = new AbortController();
  const progress = { calls: 0, made: new Set<TargetCall>(), isSwapping: false, isDead: false };
  const excused: Excused = {
    topics,
    written: sink.written,
    isLeaving: ({ isStale }) => isStale && from === 'raw',
  };
  const interrupt = async (what: Interruption['what']): Promise<void> => {
    switch (what) {
      case 'traffic':
        await state.push([1, 2, 3]);
        await state.normalize('former');
        for (const each of storeKinds) await state.write(each);
        return;
      case 'expire-raw':
      case 'expire-canonical':
        for (let partition = 0; partition < partitions; partition += 1)
          await state.expire(what === 'expire-raw' ? 'raw' : 'canonical', partition, 50);
        return;
      case 'killed':
        progress.isDead = true;
        return;
      case 'ended by Ctrl-C':
        controller.abort();
    }
  };
  let turn: Promise<unknown> = Promise.resolve();
  const target = watchedTarget(servers.target(store), (call) => {
    const next = turn.then(async (): Promise<'alive' | 'dead'> => {
      progress.calls += 1;
      const isExcused = progress.isSwapping || missing !== null;
      await state.look(
        store,
        `before call ${progress.calls} (${call}) of a rebuild`,
        isExcused ? excused : null,
      );
      const isFirst = !progress.made.has(call);
      progress.made.add(call);
      for (const { at, what } of interruptions)
        if (at === progress.calls || (at === call && isFirst)) await interrupt(what);
      if (progress.isDead) return 'dead';
      if (call === 'swap') progress.isSwapping = true;
      return 'alive';
    });
    turn = next.catch(() => undefined);
    return next;
  });

  const { feed, place } = servers.feed(from, topics);
  const lines: string[] = [];
  try {
    await rebuild({
      ...{ ...place, target, feed, bringsBack, run: String((runs += 1)), maxGonePercent: 100 },
      ...{ sinkGroup: `${one.stream}.sink-${store}`, signal: controller.signal },
      now: () => startedAt,
      say: (line) => void lines.push(line),
      isAlone: () => Promise.resolve(true),
    });
  } catch (error) {
    if (error instanceof Interrupted && controller.signal.aborted) return 'ended';
    const message = error instanceof Error ? error.message : String(error);
    if (isRefused && message.includes('was rebuilt from the raw topics at')) return 'ended';
    throw new Error([...lines, message].join('\n'), { cause: error });
  }
  if (isRefused) throw new Error('It brings back what a rebuild from the raw topics got rid of.');
  if (progress.isDead) return progress.isSwapping ? 'broken' : 'ended';

  if (from === 'raw') {
    for (const [id, copy] of model.must) {
      const { origin, isStale, topic } = copy;
      if (!isStale || !topics.includes(topic) || model.erased.has(id)) continue;
      // What came from records that had left before stays.
      if (pushedAtStart.has(origin) && !rawAtStart.has(origin)) continue;
      model.must.delete(id);
      // Where the oldest record left meanwhile, or the topic was created again, more may be carried over.
      const isWhole = raw.incarnation === 0 && lowsAtStart[origin.partition] === lowOf(origin.partition);
      if (rawAtStart.has(origin) && isWhole) model.gone.add(id);
    }
    const isMade = (copy: Copy): boolean => topics.includes(copy.topic);
    for (const entry of pushed)
      if (rawAtStart.has(entry) && raw.isHeld(entry))
        for (const copy of entry.of.copies.filter(isMade)) wrote(model, copy);
    for (const { of } of unread) if (!of.isStale || !rawAtStart.has(of.origin)) wrote(model, of);
    sink.isAhead = true;
  } else {
    // The canonical topics may have lower versions than a rebuild from the raw topics gave it.
    if (sink.isAhead) for (const { of } of canonicalAtStart) model.must.delete(of.id);
    for (const entry of canonicalAtStart) if (canonical[entry.of.topic].isHeld(entry)) wrote(model, entry.of);
  }
  for (const topic of topics) fromRawAt[topic] = from === 'raw' ? startedAt : null;
  const orphans = await servers.target(store).orphans();
  if (orphans.length > 0) throw new Error(`It leaves ${orphans.join(', ')}.`);
  return 'done';
}
