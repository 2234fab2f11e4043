import type { TestStream } from '../test-stream.ts';
import type { HistoryServers } from './servers.ts';
import { storeKinds, type StoreKind, type WatchedTopic } from './watched.ts';
import { beginHistory, type HistoryState, type Mapping } from './state.ts';
import { takeRebuild, type RebuildStep } from './take-rebuild.ts';

/** Numbers choose among what is there, modulo its length. Before a step some time passes. */
export type Step = { readonly afterMs: number } & (
  | { readonly do: 'push'; readonly records: readonly number[] }
  | { readonly do: 'normalize'; readonly mapping: Mapping }
  | { readonly do: 'write'; readonly store: StoreKind }
  | { readonly do: 'traffic'; readonly records: readonly number[]; readonly mapping: Mapping }
  | {
      readonly do: 'expire';
      readonly topic: 'raw' | 'canonical';
      readonly partition: number;
      readonly share: number;
    }
  | { readonly do: 'recreate'; readonly topic: 'raw' | WatchedTopic }
  | { readonly do: 'replay' }
  | { readonly do: 'migrate' }
  | { readonly do: 'erase'; readonly store: StoreKind; readonly which: number }
  | { readonly do: 'set-offsets-back'; readonly store: StoreKind }
  | ({ readonly do: 'rebuild' } & RebuildStep)
);

/**
 * Lives through a history on the real servers, and compares what readers see with what they must see after each step,
 * and within each rebuild.
 * @throws at the first step after which a reader sees something else
 */
export async function liveThrough(
  one: TestStream,
  servers: HistoryServers,
  steps: readonly Step[],
  told: (step: string) => void = () => undefined,
): Promise<void> {
  const state = await beginHistory(one, servers);
  for (const [index, step] of steps.entries()) {
    told(`${index} ${step.do}`);
    state.now(step.afterMs);
    await take({ one, servers, state }, step);
    for (const store of storeKinds) await state.look(store, `after step ${index}, ${step.do}`, null);
  }
}

async function take(
  place: { readonly one: TestStream; readonly servers: HistoryServers; readonly state: HistoryState },
  step: Step,
): Promise<void> {
  const { servers, state } = place;
  switch (step.do) {
    case 'push':
      return state.push(step.records);
    case 'normalize':
      return state.normalize(step.mapping);
    case 'write':
      return state.write(step.store);
    case 'traffic':
      await state.push(step.records);
      await state.normalize(step.mapping);
      for (const store of storeKinds) await state.write(store);
      return;
    case 'expire':
      return state.expire(step.topic, step.partition, step.share);
    case 'recreate':
      return state.recreate(step.topic);
    case 'replay':
      return state.replay();
    case 'migrate':
      return servers.migrate();
    case 'erase':
      return state.erase(step.store, step.which);
    case 'set-offsets-back':
      state.setOffsetsBack(step.store);
      return;
    case 'rebuild':
      return takeRebuild(place, step);
  }
}
