import { Admission, defaultAdmissionLimits, type Leave } from './admission.ts';

const limits = { ...defaultAdmissionLimits, bodyBytes: 1_000, sharedRequests: 2, waitingRequests: 3 };

async function turnOf(admission: Admission, source: string): Promise<Leave | null> {
  const turn = admission.turn(source);
  return turn === null || typeof turn === 'function' ? turn : turn.turn;
}

async function turnAll(admission: Admission, source: string, count: number): Promise<Leave[]> {
  const turns = await Promise.all(
    Array.from({ length: count }, async () => {
      admission.enter(source, 1);
      return turnOf(admission, source);
    }),
  );
  return turns.filter((leave) => leave !== null);
}

function enterAll(admission: Admission, source: string, count: number, bytes: number): Leave[] {
  const entered = Array.from({ length: count }, () => admission.enter(source, bytes));
  return entered.filter((leave) => leave !== null);
}

test('a source that sends alone is bounded by bytes alone', async () => {
  const admission = new Admission(limits, () => 0);
  expect(enterAll(admission, 'a', 100, 4)).toHaveLength(100);
  expect(await turnAll(admission, 'a', 100)).toHaveLength(100);
  expect(admission.enter('a', 1)).toBeNull();
});

test('one source holds half of the bytes at most, and all of them together no more than there are', () => {
  const admission = new Admission(limits, () => 0);
  const ofA = enterAll(admission, 'a', 10, 100);
  expect([ofA.length, enterAll(admission, 'b', 10, 90).length]).toEqual([5, 5]);
  expect(admission.enter('c', 60)).toBeNull();
  ofA[0]?.();
  expect(admission.enter('c', 60)).not.toBeNull();
  expect(admission.inFlight()).toEqual({ requests: 0, bytes: 910, waiting: 0 });
});

test('while another source sends, a few requests of each are in work, and the rest wait in their order', async () => {
  const admission = new Admission(limits, () => 0);
  await turnAll(admission, 'quiet', 1);
  const flood = await turnAll(admission, 'flood', 2);
  const entered: number[] = [];
  const waiting = [1, 2, 3].map(async (number) => {
    const leave = await turnOf(admission, 'flood');
    entered.push(number);
    return leave;
  });
  expect(admission.inFlight()).toEqual({ requests: 3, bytes: 3, waiting: 3 });
  // The line is full.
  expect(await turnOf(admission, 'flood')).toBeNull();
  // Anybody who else comes is let in at once.
  expect(await turnOf(admission, 'quiet')).not.toBeNull();
  flood[0]?.();
  await waiting[0];
  expect([entered, admission.inFlight().waiting]).toEqual([[1], 2]);
  flood[1]?.();
  await waiting[1];
  expect(entered).toEqual([1, 2]);
});

test('bodies that come slowly take no turn of those that are there', async () => {
  const admission = new Admission(limits, () => 0);
  await turnAll(admission, 'quiet', 1);
  expect(enterAll(admission, 'slow', 100, 1)).toHaveLength(100);
  expect(await turnAll(admission, 'slow', 2)).toHaveLength(2);
});

test('while another source sends, a turn of the event loop lets in a few of each, whatever is in work', async () => {
  const admission = new Admission({ ...limits, sharedRequests: 100, sharedPerTurn: 3 }, () => 0);
  await turnAll(admission, 'quiet', 1);
  const flood = turnAll(admission, 'flood', 6);
  expect(admission.inFlight()).toEqual({ requests: 4, bytes: 7, waiting: 3 });
  await new Promise(setImmediate);
  expect(admission.inFlight()).toEqual({ requests: 7, bytes: 7, waiting: 0 });
  expect(await flood).toHaveLength(6);
});

test('once the other source is silent, the first request that ends lets in all that wait', async () => {
  let now = 0;
  const admission = new Admission(limits, () => now);
  await turnAll(admission, 'quiet', 1);
  const flood = await turnAll(admission, 'flood', 2);
  const waiting = turnAll(admission, 'flood', 3);
  now = 2_000;
  flood[0]?.();
  expect(await waiting).toHaveLength(3);
});

test('a turn that does not come in time is not waited for, and its place in the line is free', async () => {
  const admission = new Admission({ ...limits, waitMs: 20 }, () => 0);
  await turnAll(admission, 'quiet', 1);
  await turnAll(admission, 'flood', 2);
  expect(await turnOf(admission, 'flood')).toBeNull();
  expect(admission.inFlight().waiting).toBe(0);
});
