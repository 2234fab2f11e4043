import { setImmediate as turn } from 'node:timers/promises';
import { createActionQueue, type ActionQueue } from './action-queue.ts';
import type { ActionStore, StoredAction } from './action-store.ts';
import type { Gateway } from './gateway.ts';

interface Sent {
  readonly session: string;
  readonly lost: number | undefined;
  readonly actions: StoredAction[];
}

/** The little of a browser that a queue needs: one origin's store, its locks, and the events of one page. */
let disk: Map<string, StoredAction>;
let locked: Set<string>;
let events: EventTarget;
let hidden: boolean;
let sent: Sent[];
/** What the gateway answers to a batch. */
let answer: (batch: Sent) => Response | Error;

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'performance'] });
  [disk, locked, events, hidden, sent] = [
    new Map<string, StoredAction>(),
    new Set(),
    new EventTarget(),
    false,
    [],
  ];
  answer = () => new Response(null, { status: 204 });
  const locks = {
    request(name: string, ...rest: unknown[]) {
      const work = rest.at(-1) as (lock: object | null) => unknown;
      const isTaken = rest.length > 1 && locked.has(name);
      if (!isTaken) locked.add(name);
      return Promise.resolve(work(isTaken ? null : {}));
    },
  };
  const browser = {
    navigator: { locks },
    addEventListener: events.addEventListener.bind(events),
    document: { addEventListener: events.addEventListener.bind(events), get hidden() { return hidden; } }, // prettier-ignore
  };
  for (const [name, value] of Object.entries(browser))
    Object.defineProperty(globalThis, name, { value, configurable: true });
});
afterEach(() => {
  jest.useRealTimers();
  jest.restoreAllMocks();
  for (const name of ['addEventListener', 'document']) Reflect.deleteProperty(globalThis, name);
});

const store: ActionStore = {
  put: (action) => void disk.set(action.id, action),
  remove: (ids) => {
    for (const id of ids) disk.delete(id);
  },
  all: () => Promise.resolve([...disk.values()]),
};

function open(session: string): ActionQueue {
  const fetch: Gateway['fetch'] = (_path, init) => {
    const batch = { session, ...(JSON.parse(init?.body as string) as Omit<Sent, 'session'>) };
    sent.push(batch);
    const answered = answer(batch);
    return answered instanceof Error ? Promise.reject(answered) : Promise.resolve(answered);
  };
  const gateway: Gateway = { subject: () => '', clockOffsetMs: () => 0, fetch, fetchNow: fetch };
  return createActionQueue(gateway, store, session, '1');
}

const action = (id: number | string, session = 's'): StoredAction => ({ id: String(id), session });
const add = (queue: ActionQueue, count: number): void => {
  for (let id = 0; id < count; id += 1) queue.add(action(id));
};
/** Everything that can happen without the clock has happened. */
const settled = async (): Promise<void> => {
  for (let turns = 0; turns < 300; turns += 1) await turn();
};
const pass = async (ms: number): Promise<void> => {
  await jest.advanceTimersByTimeAsync(ms);
  await settled();
};
const sizes = (): number[] => sent.map(({ actions }) => actions.length);

test.each([
  [0, [1_000, 2_000, 4_000]],
  [1, [2_000, 4_000, 8_000]],
])(
  'a gateway that fails is asked after pauses that grow, and that are not the same for all pages (%d)',
  async (random, expected) => {
    answer = () => new Response(null, { status: 503 });
    jest.spyOn(Math, 'random').mockReturnValue(random);
    open('s').add(action(1));
    const at: number[] = [];
    for (let ms = 0; at.length < 4; ms += 100) {
      await jest.advanceTimersByTimeAsync(100);
      if (sent.length > at.length) at.push(ms);
    }
    expect(at.slice(1).map((time, index) => time - (at[index] ?? 0))).toEqual(expected);
  },
);

test('batches grow again after one that was too large', async () => {
  answer = ({ actions }) => new Response(null, { status: actions.length > 20 ? 413 : 204 });
  const queue = open('s');
  add(queue, 50);
  await queue.flush();
  answer = () => new Response(null, { status: 204 });
  for (let round = 0; round < 4; round += 1) {
    add(queue, 300);
    await queue.flush();
  }
  expect(sizes().slice(0, 3)).toEqual([50, 25, 12]);
  expect(Math.max(...sizes().slice(3))).toBe(50);
});

test('what was lost while a request was out is told by the next one', async () => {
  const { promise, resolve } = Promise.withResolvers<Response>();
  const queue = open('s');
  add(queue, 2_001);
  answer = () => promise as unknown as Response;
  const flushed = queue.flush();
  await settled();
  add(queue, 1);
  queue.add(action('more'));
  answer = () => new Response(null, { status: 204 });
  resolve(new Response(null, { status: 204 }));
  await flushed;
  expect(sent.map(({ lost }) => lost).filter(Boolean)).toEqual([1, 2]);
});

test('a change of tab sends one batch, and nothing while the gateway wants nothing', async () => {
  const queue = open('s');
  add(queue, 200);
  hidden = true;
  events.dispatchEvent(new Event('visibilitychange'));
  await settled();
  expect(sizes()).toEqual([50]);

  answer = () => new Response(null, { status: 429, headers: { 'retry-after': '30' } });
  await queue.flush();
  expect(sizes()).toEqual([50, 50]);
  for (const name of ['visibilitychange', 'online', 'pagehide']) events.dispatchEvent(new Event(name));
  await pass(29_000);
  expect(sizes()).toEqual([50, 50]);
  answer = () => new Response(null, { status: 204 });
  await pass(1_000);
  expect([sizes(), queue.waiting()]).toEqual([[50, 50, 50, 50, 50], 0]);
});

test('a page that is online again sends at once', async () => {
  answer = () => new TypeError('offline');
  const queue = open('s');
  queue.add(action(1));
  for (let tries = 0; tries < 5; tries += 1) await queue.flush();
  answer = () => new Response(null, { status: 204 });
  events.dispatchEvent(new Event('online'));
  await pass(1);
  expect(queue.waiting()).toBe(0);
});

test('what closed pages left is within the same bound, and what of it is lost is told', async () => {
  for (let id = 0; id < 2_100; id += 1) disk.set(`left ${id}`, action(`left ${id}`, 'closed'));
  const queue = open('s');
  await settled();
  expect([queue.waiting(), disk.size]).toEqual([2_000, 2_000]);
  await queue.flush();
  expect(sent[0]?.lost).toBe(100);
});

test('of an open page nothing is taken', async () => {
  locked.add('open');
  disk.set('1', action(1, 'open'));
  const queue = open('s');
  await settled();
  expect(queue.waiting()).toBe(0);
});
