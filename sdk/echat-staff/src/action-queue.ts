import type { ActionStore, StoredAction } from './action-store.ts';
import type { Gateway } from './gateway.ts';

/** Sends actions in small batches, and keeps them until the gateway has acknowledged them. Nothing here throws. */
export interface ActionQueue {
  add(action: StoredAction): void;
  /** Tries to send everything now; resolves when that has worked, or did not. */
  flush(): Promise<void>;
  waiting(): number;
}

/** Browsers send 64 KiB in all for pages that close. */
const maxBytes = 60_000;
const maxActions = 50;
const maxWaiting = 2_000;
const lingerMs = 500;
const longestPauseMs = 60_000;

/** Half of it at least: pages that failed together do not come back together. */
const spread = (ms: number): number => ms * (0.5 + Math.random() / 2);

/** Actions that one request sends. */
interface Batch {
  readonly actions: readonly StoredAction[];
  readonly body: string;
  /** How many lost actions the body counts. */
  readonly told: number;
}

/**
 * @param session actions of others in the store are of pages that were closed, and are sent too
 * @param sdk is in each batch
 */
export function createActionQueue(
  gateway: Gateway,
  store: ActionStore,
  session: string,
  sdk: string,
): ActionQueue {
  const backlog = createBacklog(store, sdk);
  let sending: Promise<void> | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;
  /** Epoch ms. Before, the gateway wants nothing. */
  let wantedFrom = 0;
  /** Epoch ms. Before, nothing is sent: the gateway wants nothing, or it failed a moment ago. */
  let notBefore = 0;

  const schedule = (afterMs: number): void => {
    clearTimeout(timer);
    timer = setTimeout(() => void flush(), Math.max(afterMs, notBefore - Date.now()));
  };
  /** @returns whether to continue at once */
  const send = async (doFetch: Gateway['fetch']): Promise<boolean> => {
    const batch = backlog.take();
    if (!batch) return false;
    const { status, retryAfter } = await post(doFetch, batch.body);
    if (backlog.answered(batch, status)) {
      if (status !== 413) failures = 0;
      return true;
    }
    failures += 1;
    const pauseMs = spread(Math.min(longestPauseMs, 1000 * 2 ** failures));
    wantedFrom = Date.now() + retryAfter * 1000;
    notBefore = Math.max(wantedFrom, Date.now() + pauseMs);
    schedule(0);
    return false;
  };
  const flush = (): Promise<void> =>
    (sending ??= (async () => {
      while (await send(gateway.fetch));
    })().finally(() => (sending = undefined)));

  /** One batch: browsers send no more for pages that close. The rest waits for a page that is open. */
  const leave = (): void => {
    if (Date.now() >= notBefore) void send(gateway.fetchNow);
  };
  addEventListener('online', () => {
    notBefore = wantedFrom;
    schedule(0);
  });
  addEventListener('pagehide', leave);
  document.addEventListener('visibilitychange', () => document.hidden && leave());

  void adopt(store, session, (actions) => {
    backlog.adopt(actions);
    if (actions.length) schedule(0);
  });
  return {
    add(action) {
      backlog.add(action);
      if (!failures) schedule(backlog.count() < maxActions ? lingerMs : 0);
    },
    flush,
    waiting: backlog.count,
  };
}

/** What the gateway has not acknowledged, here and in the store. */
function createBacklog(store: ActionStore, sdk: string) {
  let waiting: StoredAction[] = [];
  const inFlight = new Set<string>();
  let lost = 0;
  let mostAtOnce = maxActions;

  const bodyOf = (actions: readonly StoredAction[]): string =>
    JSON.stringify({ sdk, ...(lost && { lost }), actions });
  const forget = (actions: readonly StoredAction[]): void => {
    const ids = actions.map(({ id }) => id);
    waiting = waiting.filter(({ id }) => !ids.includes(id));
    store.remove(ids);
  };
  /** Makes room: the oldest go. */
  const bound = (): void => {
    const over = waiting.length - maxWaiting;
    if (over <= 0) return;
    lost += over;
    forget(waiting.slice(0, over));
  };
  return {
    count: () => waiting.length,
    add(action: StoredAction): void {
      waiting.push(action);
      store.put(action);
      bound();
    },
    /** What closed pages left goes first. */
    adopt(actions: readonly StoredAction[]): void {
      waiting = [...actions, ...waiting];
      bound();
    },
    /** As many of those that nobody is sending as one request may hold; one at least. */
    take(): Batch | null {
      const actions = waiting.filter(({ id }) => !inFlight.has(id)).slice(0, mostAtOnce);
      if (!actions.length) return null;
      let body = bodyOf(actions);
      while (actions.length > 1 && new Blob([body]).size > maxBytes) {
        actions.length = Math.ceil(actions.length / 2);
        body = bodyOf(actions);
      }
      for (const { id } of actions) inFlight.add(id);
      return { actions, body, told: lost };
    },
    /** @returns whether the batch is done with; else its actions stay */
    answered({ actions, told }: Batch, status: number): boolean {
      for (const { id } of actions) inFlight.delete(id);
      if (status >= 200 && status < 300) {
        lost -= told;
        mostAtOnce = Math.min(maxActions, mostAtOnce + 1);
        forget(actions);
        return true;
      }
      if (status !== 413) return false;
      // One that is too large by itself never gets smaller.
      if (actions.length === 1) {
        lost += 1;
        forget(actions);
      }
      mostAtOnce = Math.max(1, actions.length >> 1);
      return true;
    },
  };
}

/** @returns the status, 0 offline, and for how many seconds the gateway wants nothing */
async function post(
  doFetch: Gateway['fetch'],
  body: string,
): Promise<{ status: number; retryAfter: number }> {
  // What was sent before a page closes is still sent after it.
  const init = { method: 'POST', body, keepalive: new Blob([body]).size <= maxBytes };
  try {
    const { status, headers } = await doFetch('staff-actions', init);
    return { status, retryAfter: Number(headers.get('retry-after')) || 0 };
  } catch {
    // Offline: they stay.
    return { status: 0, retryAfter: 0 };
  }
}

/**
 * Takes over what closed pages left: an open page holds a lock in its session's name. Where browsers know no locks two
 * pages may send the same action, which is still one event: its id is the page's.
 */
async function adopt(
  store: ActionStore,
  session: string,
  take: (actions: StoredAction[]) => void,
): Promise<void> {
  const locks = (navigator as { locks?: LockManager }).locks;
  const forEver = (): Promise<void> => new Promise(() => undefined);
  void locks?.request(session, forEver);
  const left = (await store.all()).filter((action) => action.session !== session);
  if (!locks) {
    take(left);
    return;
  }
  for (const name of new Set(left.map((action) => action.session)))
    void locks.request(name, { ifAvailable: true }, (lock) => {
      if (!lock) return;
      take(left.filter((action) => action.session === name));
      return forEver();
    });
}
