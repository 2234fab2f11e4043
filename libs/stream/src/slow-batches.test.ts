import { createSlowBatches } from './slow-batches.ts';

const never = new Promise<never>(() => undefined);
const bounds = { batches: 2, bytes: 10 };

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

/** What each wait says, as soon as it says something. */
function told(...waits: Promise<string>[]): (string | undefined)[] {
  const said: (string | undefined)[] = waits.map(() => undefined);
  waits.forEach((wait, index) => void wait.then((outcome) => (said[index] = outcome)));
  return said;
}
const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);

test('work that ends or fails in time has ended', async () => {
  const slow = createSlowBatches(3_000, bounds);
  expect(await slow.wait(Promise.resolve(), 1)).toBe('ended');
  expect(await slow.wait(Promise.reject(new Error('away')), 1)).toBe('ended');
});

test('work that takes longer is slow, as many as may continue aside', async () => {
  const slow = createSlowBatches(3_000, bounds);
  const said = told(slow.wait(never, 1), slow.wait(never, 1), slow.wait(never, 1));
  await pass(2_999);
  expect(said).toEqual([undefined, undefined, undefined]);
  await pass(60_000);
  expect(said).toEqual(['slow', 'slow', undefined]);
});

test('what continues aside is bounded by bytes, and one that is larger goes alone', async () => {
  const slow = createSlowBatches(3_000, bounds);
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const said = told(slow.wait(promise, 1_000), slow.wait(never, 4), slow.wait(never, 7));
  await pass(3_000);
  expect(said).toEqual(['slow', undefined, undefined]);
  resolve(undefined);
  await pass(3_000);
  expect(said).toEqual(['slow', 'slow', undefined]);
});

test('the room of what failed aside comes back', async () => {
  const slow = createSlowBatches(3_000, { ...bounds, batches: 1 });
  const { promise, reject } = Promise.withResolvers<undefined>();
  const said = told(slow.wait(promise, 1), slow.wait(never, 1));
  await pass(3_000);
  reject(new Error('away'));
  await pass(3_000);
  expect(said).toEqual(['slow', 'slow']);
});
