import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { createBatcher } from './batcher.ts';
import type { Clock } from './clock.ts';
import { createFakeStore } from '../testing/fake-store.ts';
import { sampleItem } from '../testing/sample-items.ts';
import { PartlyFailed, type StoreItem, type StoreResult } from './store.ts';

const item = (id: string, received_at = 1, bytes = 10): StoreItem => ({
  ...sampleItem('other.v1', { event_id: id, received_at }),
  bytes,
});
const ids = (results: StoreResult[]) => results.map(({ id, outcome }) => `${id} ${outcome}`);

/** A clock that stands still until told. */
function handClock(): Clock & { strike(): void; readonly set: number[] } {
  const timers = new Map<symbol, () => void>();
  const set: number[] = [];
  return {
    set,
    after(delayMs, run) {
      const key = Symbol('timer');
      set.push(delayMs);
      timers.set(key, run);
      return () => timers.delete(key);
    },
    strike() {
      const runs = [...timers.values()];
      timers.clear();
      for (const run of runs) run();
    },
  };
}

/** A store that records its writes, and answers them when told, else at once. */
function recordingStore(answer?: (items: readonly StoreItem[]) => Promise<StoreResult[]>) {
  const fake = createFakeStore();
  const writes: (readonly StoreItem[])[] = [];
  return {
    writes,
    write(items: readonly StoreItem[]) {
      writes.push(items);
      return answer ? answer(items) : fake.write(items);
    },
  };
}

const options = { maxItems: 100, maxBytes: 1_000_000, lingerMs: 50, maxConcurrentWrites: 2 };

test('joins the items of several callers after the linger time, and answers each its own', async () => {
  const [clock, store] = [handClock(), recordingStore()];
  const batcher = createBatcher(store, { ...options, clock });
  const calls = [batcher.add([item('a'), item('b')]), batcher.add([item('c')])];
  expect(store.writes).toEqual([]);
  expect(clock.set).toEqual([50]);
  clock.strike();
  expect((await Promise.all(calls)).map(ids)).toEqual([['a written', 'b written'], ['c written']]);
  expect(store.writes).toHaveLength(1);
});

test('items that want no company are written at once and apart, and fail nobody else', async () => {
  const clock = handClock();
  const store = recordingStore((items) =>
    items.some(({ id }) => id === 'bad')
      ? Promise.reject(new Error('unheard of'))
      : Promise.resolve(items.map(({ id }) => ({ id, outcome: 'written' }))),
  );
  const batcher = createBatcher(store, { ...options, clock });
  const others = [batcher.add([item('a')]), batcher.add([item('b')])];
  const failing = batcher.add([item('bad'), item('c')], 'none');
  const behind = batcher.add([item('d')]);
  await expect(failing).rejects.toThrow('unheard of');
  clock.strike();
  expect((await Promise.all([...others, behind])).flatMap(ids)).toEqual(
    ['a', 'b', 'd'].map((id) => `${id} written`),
  );
  expect(store.writes.map((write) => write.map(({ id }) => id))).toEqual([['a', 'b'], ['bad', 'c'], ['d']]);
});

test('each item is looked at a few times, however many wait before it', async () => {
  let reads = 0;
  const counted = (id: string): StoreItem => ({
    ...item(id),
    get bytes() {
      reads += 1;
      return 10;
    },
  });
  const batcher = createBatcher(recordingStore(), { ...options, maxItems: 10_000, clock: handClock() });
  const calls = Array.from({ length: 1_000 }, (_, index) => batcher.add([counted(`${index}`)]));
  await batcher.close();
  expect((await Promise.all(calls)).flat()).toHaveLength(1_000);
  expect(reads).toBeLessThanOrEqual(5 * 1_000);
});

test('a call may have any number of items', async () => {
  const one = item('a');
  const many = Array.from({ length: 200_000 }, (_, index) => ({ ...one, id: `${index}` }));
  const store = recordingStore((items) =>
    Promise.resolve(items.map(({ id }) => ({ id, outcome: 'written' }))),
  );
  const batcher = createBatcher(store, { ...options, maxItems: 100_000 });
  const added = batcher.add(many);
  await batcher.close();
  expect(await added).toHaveLength(200_000);
});

test('writes that hang keep nobody else from being written, up to a number of them', async () => {
  const clock = handClock();
  let answer = Promise.withResolvers<undefined>();
  const store = recordingStore(async (items) => {
    if (items.some(({ id }) => id.startsWith('hangs'))) await answer.promise;
    return items.map(({ id }) => ({ id, outcome: 'written' }));
  });
  const besideSlow = { afterMs: 5_000, atMost: 2 };
  const batcher = createBatcher(store, { ...options, maxItems: 1, besideSlow, clock });
  const add = (...names: string[]) => names.map((id) => batcher.add([item(id)]));
  const written = () => store.writes.flat().map(({ id }) => id);
  const hanging = add('hangs 1', 'hangs 2');
  const [a] = add('a');
  await setImmediate();
  expect(written()).toEqual(['hangs 1', 'hangs 2']);
  clock.strike();
  expect(ids((await a)!)).toEqual(['a written']);
  hanging.push(...add('hangs 3', 'hangs 4'));
  clock.strike();
  const [b] = add('b');
  await setImmediate();
  expect(written()).toEqual(['hangs 1', 'hangs 2', 'a', 'hangs 3', 'hangs 4']);
  answer.resolve(undefined);
  expect((await Promise.all([...hanging, b!])).flatMap(ids)).toHaveLength(5);
  // Those that were slow have ended: as many are under way as before, and no more.
  answer = Promise.withResolvers();
  store.writes.length = 0;
  const again = add('hangs 5', 'hangs 6', 'c');
  await setImmediate();
  expect(written()).toEqual(['hangs 5', 'hangs 6']);
  answer.resolve(undefined);
  expect((await Promise.all(again)).flatMap(ids)).toHaveLength(3);
});

test.each([
  ['count', { maxItems: 2 }],
  ['bytes', { maxBytes: 20 }],
])('writes at once when the batch is full by %s', async (_, bounds) => {
  const [clock, store] = [handClock(), recordingStore()];
  const batcher = createBatcher(store, { ...options, ...bounds, clock });
  const first = batcher.add([item('a')]);
  expect(store.writes).toHaveLength(0);
  expect(ids(await batcher.add([item('b')]))).toEqual(['b written']);
  expect(ids(await first)).toEqual(['a written']);
});

test('one event of two callers is written once, in its higher version', async () => {
  const [clock, store] = [handClock(), recordingStore()];
  const batcher = createBatcher(store, { ...options, clock });
  const calls = [item('a', 1), item('a', 2), item('a', 2)].map((one) => batcher.add([one]));
  clock.strike();
  expect((await Promise.all(calls)).map(ids)).toEqual([['a stale'], ['a written'], ['a written']]);
  expect(store.writes.map((write) => write.map(({ version }) => version))).toEqual([[2005]]);
});

test('an older copy is written on its own when the newer one is refused', async () => {
  const clock = handClock();
  const fake = createFakeStore({ refuse: ({ version }) => (version > 2000 ? 'too new' : undefined) });
  const batcher = createBatcher(fake, { ...options, clock });
  const calls = [item('a', 1), item('a', 2)].map((one) => batcher.add([one]));
  clock.strike();
  expect(ids((await calls[1])!)).toEqual(['a rejected']);
  clock.strike();
  expect(ids((await calls[0])!)).toEqual(['a written']);
});

test('when the store throws, every caller of that write is told, and nothing is tried again', async () => {
  const clock = handClock();
  const down = new Error('down');
  const store = recordingStore(() => Promise.reject(down));
  const batcher = createBatcher(store, { ...options, maxItems: 2, maxConcurrentWrites: 1, clock });
  const calls = [batcher.add([item('a')]), batcher.add([item('b'), item('c'), item('d')])];
  expect(await Promise.allSettled(calls)).toEqual(calls.map(() => ({ status: 'rejected', reason: down })));
  clock.strike();
  await batcher.close();
  // b's caller adds all of its items again: c and d are not written meanwhile.
  expect(store.writes.map((write) => write.map(({ id }) => id))).toEqual([['a', 'b']]);
});

test('a store that answers too few is an error that names the gap', async () => {
  const store = recordingStore((items) =>
    Promise.resolve(items.slice(1).map(({ id }) => ({ id, outcome: 'written' }))),
  );
  const batcher = createBatcher(store, { ...options, maxItems: 2 });
  await expect(batcher.add([item('a'), item('b')])).rejects.toThrow('a has no answer');
});

test('never has more writes under way than allowed', async () => {
  const gates: (() => void)[] = [];
  const store = recordingStore(async (items) => {
    await new Promise<void>((open) => gates.push(open));
    return items.map(({ id }) => ({ id, outcome: 'written' }));
  });
  const batcher = createBatcher(store, { ...options, maxItems: 1 });
  const call = batcher.add(['a', 'b', 'c', 'd'].map((id) => item(id)));
  for (let written = 0; written < 4; written += 1) {
    expect(store.writes.length).toBe(Math.min(4, written + 2));
    gates.shift()!();
    await setImmediate();
  }
  expect(await call).toHaveLength(4);
});

test('close writes what waits, and takes no more', async () => {
  const store = recordingStore();
  const batcher = createBatcher(store, { ...options, clock: handClock() });
  const call = batcher.add([item('a')]);
  await batcher.close();
  expect(ids(await call)).toEqual(['a written']);
  await expect(batcher.add([item('b')])).rejects.toThrow('closed');
});

test('nothing added is answered at once', async () => {
  expect(await createBatcher(recordingStore(), options).add([])).toEqual([]);
});

const anyItem = fc
  .tuple(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g'), fc.nat(3), fc.nat(60))
  .map(([id, receivedAt, bytes]) => item(id, receivedAt, bytes));

test('every added item gets exactly one result, and no write exceeds its bounds', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(anyItem, { maxLength: 8 }), { maxLength: 12 }),
      fc.record({
        maxItems: fc.integer({ min: 1, max: 5 }),
        maxBytes: fc.integer({ min: 1, max: 120 }),
        lingerMs: fc.constant(1),
        maxConcurrentWrites: fc.integer({ min: 1, max: 3 }),
      }),
      fc.scheduler(),
      async (calls, bounds, scheduler) => {
        const fake = createFakeStore({ refuse: ({ id }) => (id === 'g' ? 'always' : undefined) });
        const store = recordingStore((items) =>
          scheduler.schedule(Promise.resolve(items)).then((due) => fake.write(due)),
        );
        const batcher = createBatcher(store, { ...bounds, clock: handClock() });
        const answers = calls.map((items) => batcher.add(items));
        const closed = batcher.close();
        await scheduler.waitFor(closed);
        (await Promise.all(answers)).forEach((results, index) => {
          const items = calls[index]!;
          expect(results.map(({ id }) => id)).toEqual(items.map(({ id }) => id));
          for (const { id, outcome } of results) expect(outcome === 'rejected').toBe(id === 'g');
        });
        for (const write of store.writes) {
          expect(write.length).toBeLessThanOrEqual(bounds.maxItems);
          const bytes = write.reduce((sum, one) => sum + one.bytes, 0);
          expect(write.length === 1 || bytes <= bounds.maxBytes).toBe(true);
        }
        for (const id of ['a', 'b', 'c', 'd', 'e', 'f']) {
          const copies = calls.flat().filter((one) => one.id === id);
          const newest = Math.max(...copies.map(({ event }) => event.meta.received_at));
          if (copies.length > 0) expect(fake.read('other.v1', id)?.meta.received_at).toBe(newest);
        }
      },
    ),
  );
});

test('a failure at one item fails its caller alone; callers whose items have ended are answered', async () => {
  const clock = handClock();
  let isUnwell = true;
  const store = recordingStore((items) => {
    const results = items.map(({ id }): StoreResult => ({ id, outcome: 'written' }));
    if (!isUnwell) return Promise.resolve(results);
    return Promise.reject(
      new PartlyFailed(
        results.filter(({ id }) => id !== 'b'),
        new Error('the server failed on b'),
      ),
    );
  });
  const batcher = createBatcher(store, { ...options, clock });
  const calls = [['a'], ['b', 'c'], ['d', 'a']].map((names) => batcher.add(names.map((name) => item(name))));
  clock.strike();
  expect(
    (await Promise.allSettled(calls)).map((one) =>
      one.status === 'fulfilled' ? ids(one.value) : String(one.reason),
    ),
  ).toEqual([['a written'], 'Error: the server failed on b', ['d written', 'a written']]);
  isUnwell = false;
  const again = batcher.add([item('b'), item('c')]);
  clock.strike();
  expect(ids(await again)).toEqual(['b written', 'c written']);
});

test('a store that answers for what was not asked next to its failure leaves nothing unanswered', async () => {
  const clock = handClock();
  const store = recordingStore(() =>
    Promise.reject(new PartlyFailed([{ id: 'x', outcome: 'written' }], new Error('away'))),
  );
  const batcher = createBatcher(store, { ...options, clock });
  const call = batcher.add([item('a')]);
  clock.strike();
  await expect(call).rejects.toThrow('away');
});
