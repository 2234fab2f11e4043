import { createAdmission, defaultAdmissionLimits, type Admission, type Leave } from './admission.ts';

const limits = { ...defaultAdmissionLimits, bodyBytes: 1_000, sharedRequests: 2, waitingRequests: 3 };

async function enterAll(admission: Admission, source: string, count: number, bytes = 1): Promise<Leave[]> {
  const left = await Promise.all(Array.from({ length: count }, async () => admission.enter(source, bytes)));
  return left.filter((leave) => leave !== null);
}

test('a source that sends alone is bounded by bytes alone', async () => {
  const admission = createAdmission(limits, () => 0);
  expect(await enterAll(admission, 'a', 100, 5)).toHaveLength(100);
  expect(await admission.enter('a', 5)).toBeNull();
});

test('one source holds half of the bytes at most, and all of them together no more than there are', async () => {
  const admission = createAdmission({ ...limits, sharedRequests: 100 }, () => 0);
  const ofA = await enterAll(admission, 'a', 10, 100);
  expect([ofA.length, (await enterAll(admission, 'b', 10, 90)).length]).toEqual([5, 5]);
  expect(await admission.enter('c', 60)).toBeNull();
  ofA[0]?.();
  expect(await admission.enter('c', 60)).not.toBeNull();
  expect(admission.inFlight()).toEqual({ requests: 10, bytes: 910, waiting: 0 });
});

test('while another source sends, a few requests of each are in work, and the rest wait in their order', async () => {
  const admission = createAdmission(limits, () => 0);
  await admission.enter('quiet', 1);
  const flood = await enterAll(admission, 'flood', 2);
  const entered: number[] = [];
  const waiting = [1, 2, 3].map(async (number) => {
    const leave = await admission.enter('flood', 1);
    entered.push(number);
    return leave;
  });
  expect(admission.inFlight()).toEqual({ requests: 3, bytes: 3, waiting: 3 });
  // The line is full.
  expect(await admission.enter('flood', 1)).toBeNull();
  // Anybody who else comes is let in at once.
  expect(await admission.enter('quiet', 1)).not.toBeNull();
  flood[0]?.();
  await waiting[0];
  expect([entered, admission.inFlight().waiting]).toEqual([[1], 2]);
  flood[1]?.();
  await waiting[1];
  expect(entered).toEqual([1, 2]);
});

test('while another source sends, a turn of the event loop lets in a few of each, whatever is in work', async () => {
  const admission = createAdmission({ ...limits, sharedRequests: 100, sharedPerTurn: 3 }, () => 0);
  await admission.enter('quiet', 1);
  const flood = enterAll(admission, 'flood', 6);
  expect(admission.inFlight()).toEqual({ requests: 4, bytes: 4, waiting: 3 });
  await new Promise(setImmediate);
  expect(admission.inFlight()).toEqual({ requests: 7, bytes: 7, waiting: 0 });
  expect(await flood).toHaveLength(6);
});

test('once the other source is silent, the first request that ends lets in all that wait', async () => {
  let now = 0;
  const admission = createAdmission(limits, () => now);
  await admission.enter('quiet', 1);
  const flood = await enterAll(admission, 'flood', 2);
  const waiting = enterAll(admission, 'flood', 3);
  now = 2_000;
  flood[0]?.();
  expect(await waiting).toHaveLength(3);
});

test('a turn that does not come in time is not waited for, and its place in the line is free', async () => {
  const admission = createAdmission({ ...limits, waitMs: 20 }, () => 0);
  await admission.enter('quiet', 1);
  await enterAll(admission, 'flood', 2);
  expect(await admission.enter('flood', 1)).toBeNull();
  expect(admission.inFlight().waiting).toBe(0);
});
