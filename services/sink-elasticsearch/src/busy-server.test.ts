import { setTimeout as wait } from 'node:timers/promises';
import { waitUntil } from '@sluice/kafka/testing/wait-until';
import { createBatcher } from '@sluice/sink/batcher';
import type { StoreResult } from '@sluice/sink/store';
import { sampleItem } from '@sluice/sink/testing/sample-items';
import { actionsOf, idsOf, withServer, type Answered } from '../testing/with-server.ts';
import { WriteLimit } from './write-limit.ts';

const error = { type: 'es_rejected_execution_exception', reason: 'full' };
const items = ['a', 'b', 'c'].map((id) => ({ ...sampleItem('rating.v1'), id }));

/** Whole requests, or each of their items. */
const refusals: [string, (body: string) => Answered][] = [
  ['requests', () => ({ status: 429, body: { error } })],
  [
    'items',
    (body) => ({
      status: 200,
      body: { items: idsOf(body).map((_id) => ({ index: { _id, status: 429, error } })) },
    }),
  ],
];

const accepted = (body: string): Answered => ({
  status: 200,
  body: { items: idsOf(body).map((_id) => ({ index: { _id, status: 201 } })) },
});

/** Pauses that end at once. */
function notedPauses(): { readonly waited: number[]; pause(ms: number): Promise<void> } {
  const waited: number[] = [];
  return {
    waited,
    pause(ms) {
      waited.push(ms);
      return Promise.resolve();
    },
  };
}

test('items that a busy server turns away are sent again, alone, and the others are not', async () => {
  const requests: string[][] = [];
  const { pause, waited } = notedPauses();
  await withServer(
    (body) => {
      const ids = idsOf(body);
      requests.push(ids);
      const isRefused = (id: string) => id !== 'a' && requests.length < 3 && ids.length > 1;
      const answers = ids.map((_id) => ({
        index: { _id, ...(isRefused(_id) ? { status: 429, error } : { status: 201 }) },
      }));
      return { status: 200, body: { items: answers } };
    },
    async (store) => {
      const results = await store.write(items);
      expect(requests).toEqual([
        ['a', 'b', 'c'],
        ['b', 'c'],
        ['b', 'c'],
      ]);
      expect(results).toEqual(['a', 'b', 'c'].map((id) => ({ id, outcome: 'written' })));
    },
    { pause },
  );
  expect(waited.map((ms, at) => ms >= 100 * 2 ** at && ms <= 200 * 2 ** at)).toEqual([true, true]);
});

test.each(refusals)('%s are no reject when it stays busy: the write fails', async (_, refuse) => {
  let requests = 0;
  await withServer(
    (body) => {
      requests += 1;
      return refuse(body);
    },
    async (store) => {
      await expect(store.write(items)).rejects.toThrow(
        'turned 3 documents away (429 es_rejected_execution_exception)',
      );
      expect(requests).toBe(5);
    },
    notedPauses(),
  );
});

test.each([
  ['3', 3_000],
  ['86400', 15_000],
  ['soon', 0],
])(
  'a request that is refused with Retry-After: %s is sent again after %i ms and a jitter',
  async (retryAfter, least) => {
    let requests = 0;
    const { pause, waited } = notedPauses();
    await withServer(
      (body) => {
        requests += 1;
        // As a proxy answers.
        if (requests > 1) return accepted(body);
        return { status: 429, body: 'Too many requests', headers: { 'retry-after': retryAfter } };
      },
      async (store) => {
        expect(await store.write(items)).toEqual(items.map(({ id }) => ({ id, outcome: 'written' })));
      },
      { pause },
    );
    expect(waited).toHaveLength(1);
    expect(waited[0]).toBeGreaterThanOrEqual(least + 100);
    expect(waited[0]).toBeLessThanOrEqual(least + 200);
  },
);

test('a version that is late because it was refused does not replace a newer one', async () => {
  const [older, newer] = [1, 2].map((version) => ({ ...sampleItem('rating.v1'), id: 'a', version }));
  const refusal = Promise.withResolvers<undefined>();
  const stored: number[] = [];
  await withServer(
    (body) => {
      const version = actionsOf(body)[0]?.version ?? 0;
      const conflict = { type: 'version_conflict_engine_exception' };
      if (stored.length === 0 && version === 1) return { status: 429, body: { error } };
      if (stored.some((other) => other > version))
        return { status: 200, body: { items: [{ index: { _id: 'a', status: 409, error: conflict } }] } };
      stored.push(version);
      return accepted(body);
    },
    async (store) => {
      const late = store.write(older ? [older] : []);
      expect(await store.write(newer ? [newer] : [])).toEqual([{ id: 'a', outcome: 'written' }]);
      refusal.resolve(undefined);
      expect(await late).toEqual([{ id: 'a', outcome: 'stale' }]);
      expect(stored).toEqual([2]);
    },
    { pause: () => refusal.promise },
  );
});

const workMs = 20;

/** A server that works on so many requests at once, for a moment each, and refuses the others. */
function busyServer(capacity: number, refuse: (body: string) => Answered) {
  const server = { capacity, refused: 0, documents: [] as string[] };
  let working = 0;
  return {
    server,
    async answer(body: string): Promise<Answered> {
      if (working >= server.capacity) {
        server.refused += 1;
        return refuse(body);
      }
      working += 1;
      server.documents.push(...idsOf(body));
      await wait(workMs);
      working -= 1;
      return accepted(body);
    },
  };
}

/** Adds items one by one, as concurrent partitions do, until it is told to end. What failed is added again. */
function feed(add: (id: string) => Promise<StoreResult[]>): {
  readonly results: StoreResult[];
  end(): Promise<void>;
} {
  const results: StoreResult[] = [];
  let isEnding = false;
  const written = async (id: string): Promise<StoreResult[]> => add(id).catch(() => written(id));
  const partition = async (name: number): Promise<void> => {
    for (let at = 0; !isEnding; at += 1) results.push(...(await written(`${name}-${at}`)));
  };
  const partitions = Array.from({ length: 40 }, (_, name) => partition(name));
  return {
    results,
    async end() {
      isEnding = true;
      await Promise.all(partitions);
    },
  };
}

test.each(refusals)(
  'where a server refuses %s, the requests in flight settle at what it takes, and rise when it takes more',
  async (_, refuse) => {
    const { server, answer } = busyServer(4, refuse);
    let refused = 0;
    const limit = new WriteLimit({ most: 16, refused: () => void (refused += 1) });
    const seen: number[] = [];
    const sample = sampleItem('rating.v1');
    await withServer(
      (body) => {
        seen.push(limit.current());
        return answer(body);
      },
      async (store) => {
        const batcher = createBatcher(store, {
          ...{ maxItems: 2, maxBytes: 1_000_000, lingerMs: 0, maxConcurrentWrites: 16 },
        });
        const feeding = feed((id) => batcher.add([{ ...sample, id }]));
        try {
          await waitUntil('it refused several times', () => server.refused >= 5, 30_000);
          // It rises above what the server takes by the request that finds that out, and falls to half of that.
          const mean = seen.reduce((sum, value) => sum + value, 0) / seen.length;
          expect(mean).toBeGreaterThanOrEqual(2);
          expect(mean).toBeLessThanOrEqual(6);
          server.capacity = 100;
          await waitUntil('the limit is the highest', () => limit.current() === 16, 30_000);
          server.capacity = 1;
          await waitUntil('the limit is the lowest', () => limit.current() === 1, 30_000);
        } finally {
          server.capacity = 100;
          await feeding.end();
          await batcher.close();
        }
        const ids = feeding.results.map(({ id }) => id);
        expect(feeding.results.filter(({ outcome }) => outcome !== 'written')).toEqual([]);
        expect([...server.documents].sort()).toEqual(ids.sort());
      },
      { limit, pause: () => wait(1) },
    );
    expect(refused).toBe(server.refused);
  },
  60_000,
);
