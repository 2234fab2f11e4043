import type { BatchBounds } from './batch.ts';
import { cutBatch } from './batch.ts';
import type { Clock } from './clock.ts';
import { systemClock } from './clock.ts';
import { matchResults } from './match-results.ts';
import { PartlyFailed, type Store, type StoreItem, type StoreResult } from './store.ts';

export interface BatcherOptions extends BatchBounds {
  /** The longest that an item waits for others, in ms, while a write is free. */
  readonly lingerMs: number;
  readonly maxConcurrentWrites: number;
  /**
   * Writes that begin although `maxConcurrentWrites` are under way: one for each that has not ended after `afterMs`,
   * `atMost` in all. A table or an index that hangs, with several partitions to write, holds up no other one by it. The
   * caller bounds the items. Default: none.
   */
  readonly besideSlow?: { readonly afterMs: number; readonly atMost: number };
  readonly clock?: Clock;
}

export interface Batcher {
  /**
   * Resolves when every item is in the store or refused by it: one result per item, in the order of the items.
   * Two copies of one event (here or of another caller) may share a write: the higher version is written, the
   * lower one is `stale`. Rejects with the store's error when it failed at one of the items, or at a write that held
   * one of them: then the caller adds all of them again. Never retries itself.
   * @param company whose items may be in the same write. Default: `others`. With `none` nothing lingers.
   */
  add(items: readonly StoreItem[], company?: Company): Promise<StoreResult[]>;
  /** Writes what is waiting at once, and resolves when nothing is under way. Later calls of `add` reject. */
  close(): Promise<void>;
}

/** Whether items of other callers may be in the same write. */
export type Company = 'others' | 'none';

/** Joins the items of concurrent callers into writes bounded by count, bytes and time. */
export function createBatcher(store: Pick<Store, 'write'>, options: BatcherOptions): Batcher {
  return new StoreBatcher(store, options);
}

interface Call {
  readonly company: Company;
  readonly results: StoreResult[];
  unanswered: number;
  failed: boolean;
  resolve(results: StoreResult[]): void;
  reject(error: unknown): void;
}

/** One item of one call. */
interface Entry {
  readonly item: StoreItem;
  readonly index: number;
  readonly call: Call;
}

class StoreBatcher implements Batcher {
  readonly #store: Pick<Store, 'write'>;
  readonly #options: BatcherOptions;
  readonly #clock: Clock;
  readonly #writes = new Set<Promise<void>>();
  /** How many of them have not ended for long. */
  #slow = 0;
  #waiting: Entry[] = [];
  /** Of the items that wait, together. */
  #waitingBytes = 0;
  #cancelLinger: (() => void) | undefined;
  /** What waits has waited long enough, or nothing else will come. */
  #due = false;
  #closed = false;

  constructor(store: Pick<Store, 'write'>, options: BatcherOptions) {
    this.#store = store;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  async add(items: readonly StoreItem[], company: Company = 'others'): Promise<StoreResult[]> {
    if (this.#closed) throw new Error('The batcher is closed: it takes no more items.');
    if (items.length === 0) return [];
    const { promise, resolve, reject } = Promise.withResolvers<StoreResult[]>();
    const call: Call = { company, results: [], unanswered: items.length, failed: false, resolve, reject };
    this.#enqueue(items.map((item, index) => ({ item, index, call })));
    return promise;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#flush();
    while (this.#writes.size > 0) await Promise.all(this.#writes);
  }

  #enqueue(entries: readonly Entry[]): void {
    for (const entry of entries) {
      this.#waiting.push(entry);
      this.#waitingBytes += entry.item.bytes;
      if (entry.call.company === 'none') this.#due = true;
    }
    if (this.#closed) this.#due = true;
    this.#startWrites();
  }

  #flush(): void {
    this.#due = true;
    this.#startWrites();
  }

  #startWrites(): void {
    const { maxConcurrentWrites, besideSlow, lingerMs } = this.#options;
    while (
      this.#waiting.length > 0 &&
      this.#writes.size < maxConcurrentWrites + Math.min(this.#slow, besideSlow?.atMost ?? 0) &&
      (this.#due || this.#full())
    ) {
      const { items, taken } = cutBatch(this.#firstTogether(), this.#options);
      const entries = this.#waiting.splice(0, taken);
      this.#waitingBytes -= bytesOf(entries);
      const endWatch = this.#watch();
      const write = this.#write(items, entries).finally(() => {
        this.#writes.delete(write);
        endWatch();
        this.#startWrites();
      });
      this.#writes.add(write);
    }
    if (this.#waiting.length === 0) {
      this.#due = false;
      this.#cancelLinger?.();
      this.#cancelLinger = undefined;
    } else if (!this.#due) {
      this.#cancelLinger ??= this.#clock.after(lingerMs, () => {
        this.#cancelLinger = undefined;
        this.#flush();
      });
    }
  }

  /** Counts a write as slow once it has taken long. @returns what is called when it has ended */
  #watch(): () => void {
    const { besideSlow } = this.#options;
    if (!besideSlow) return () => undefined;
    let slow = 0;
    const cancel = this.#clock.after(besideSlow.afterMs, () => {
      slow = 1;
      this.#slow += slow;
      this.#startWrites();
    });
    return () => {
      cancel();
      this.#slow -= slow;
    };
  }

  /** The waiting items, from the first on, that may share a write. */
  *#firstTogether(): Generator<StoreItem> {
    const first = this.#waiting[0]?.call;
    for (const { item, call } of this.#waiting) {
      if (call !== first && (call.company === 'none' || first?.company === 'none')) return;
      yield item;
    }
  }

  #full(): boolean {
    return this.#waiting.length >= this.#options.maxItems || this.#waitingBytes >= this.#options.maxBytes;
  }

  /** Never rejects: how it ended is told to the callers. */
  async #write(items: ReadonlyMap<string, StoreItem>, entries: readonly Entry[]): Promise<void> {
    try {
      this.#answer(items, entries, await this.#store.write([...items.values()]));
    } catch (error) {
      const results = error instanceof PartlyFailed ? error.results : [];
      const ended = new Map(results.filter(({ id }) => items.has(id)).map((one) => [one.id, one]));
      for (const { item, call } of entries) {
        if (ended.has(item.id)) continue;
        call.failed = true;
        call.reject(error);
      }
      // The caller adds the whole call again: what still waits of it would be written twice.
      this.#waiting = this.#waiting.filter(({ call }) => !call.failed);
      this.#waitingBytes = bytesOf(this.#waiting);
      // One caller's trouble is not everybody's: calls of which all has ended so far continue.
      this.#answer(
        new Map([...items].filter(([id]) => ended.has(id))),
        entries.filter(({ item, call }) => ended.has(item.id) && !call.failed),
        [...ended.values()],
      );
    }
  }

  #answer(
    items: ReadonlyMap<string, StoreItem>,
    entries: readonly Entry[],
    found: readonly StoreResult[],
  ): void {
    const results = matchResults(items, found);
    const unanswered = entries.filter((entry) => !answered(entry, items, results));
    this.#enqueue(unanswered.filter(({ call }) => !call.failed));
  }
}

const bytesOf = (entries: readonly Entry[]): number => entries.reduce((sum, { item }) => sum + item.bytes, 0);

/**
 * Answers an entry from the results of its write.
 * @returns false when nothing is known about it: its newer duplicate stood for it and was refused, which says
 *   nothing about the older copy
 */
function answered(
  { item, index, call }: Entry,
  written: ReadonlyMap<string, StoreItem>,
  results: ReadonlyMap<string, StoreResult>,
): boolean {
  const result = results.get(item.id);
  if (!result) throw new Error(`No result for ${item.id}.`);
  const superseded = written.get(item.id)?.version !== item.version;
  if (superseded && result.outcome === 'rejected') return false;
  call.results[index] = superseded ? { id: item.id, outcome: 'stale' } : result;
  call.unanswered -= 1;
  if (call.unanswered === 0) call.resolve(call.results);
  return true;
}
