import {
  keptPushes,
  pushKinds,
  type PushKind,
  type RecentPush,
  type RecentPushes,
} from '@sluice/raw-event/recent-pushes';

export interface PushMemory {
  note(push: RecentPush): void;
  /** What `/pushes` answers: see `RecentPushes`. A text says what is wrong with the query. */
  answer(query: URLSearchParams): RecentPushes | string;
}

/**
 * Remembers the last requests of each source, those of each kind by themselves: strangers who know the name of a source
 * push out of the memory what they sent themselves, and nothing that the vendor sent.
 * @param sourceIds the present sources; asked for each query, and when an unknown source is seen
 */
export function createPushMemory(sourceIds: () => readonly string[], nowMs: () => number): PushMemory {
  const sinceMs = nowMs();
  /** By source, then kind. */
  const rings = new Map<string, Record<PushKind, Ring>>();
  const ringsOf = (source: string): Record<PushKind, Ring> => {
    const known = rings.get(source);
    if (known) return known;
    const made = { acknowledged: ring(), 'dead-lettered': ring(), refused: ring(), failed: ring() };
    rings.set(source, made);
    return made;
  };
  /** Anybody who changes the names of sources all day must not fill the memory. */
  const forgetRemoved = (): void => {
    const ids = new Set(['', ...sourceIds()]);
    for (const source of rings.keys()) if (!ids.has(source)) rings.delete(source);
  };
  return {
    note(push) {
      if (!rings.has(push.source ?? '')) forgetRemoved();
      ringsOf(push.source ?? '')[push.kind].add(push);
    },
    answer(query) {
      forgetRemoved();
      const [source, kind, request] = ['source', 'kind', 'request'].map((name) => query.get(name));
      const unknown = [...query.keys()].find((name) => !['source', 'kind', 'request'].includes(name));
      if (unknown !== undefined)
        return `There is no parameter ${JSON.stringify(unknown)}: there are source, kind and request.`;
      const ids = sourceIds();
      if (source && !ids.includes(source))
        return `There is no source ${JSON.stringify(source)}: there are ${ids.join(', ')}.`;
      const kinds = pushKinds.filter((one) => kind === null || one === kind);
      if (kinds.length === 0)
        return `There is no kind ${JSON.stringify(kind)}: there are ${pushKinds.join(', ')}.`;
      const pushes = [...rings]
        .filter(([id]) => source === null || id === source)
        .flatMap(([, ofSource]) => kinds.flatMap((one) => ofSource[one].all()))
        .filter(({ requestId }) => request === null || requestId === request)
        .toSorted((one, other) => other.atMs - one.atMs);
      return { sinceMs, pushes };
    },
  };
}

interface Ring {
  add(push: RecentPush): void;
  /** Newest first. */
  all(): RecentPush[];
}

function ring(): Ring {
  const kept: RecentPush[] = [];
  let next = 0;
  return {
    add(push) {
      kept[next] = push;
      next = (next + 1) % keptPushes;
    },
    all: () => [...kept.slice(next), ...kept.slice(0, next)].reverse(),
  };
}
