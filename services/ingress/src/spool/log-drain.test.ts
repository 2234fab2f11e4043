import type { SpooledRecord } from './spooled.ts';
import {
  appendEach,
  drainAll,
  folder,
  idOf,
  openOn,
  range,
  recordOf,
  segmentsOf,
} from '../../testing/spool/open-log.ts';
import { createSimulatedDisk, diskError } from '../../testing/spool/simulated-disk.ts';

/** Takes these ids once each; the ids of every batch that was offered. */
function taking(...ids: number[]) {
  const batches: number[][] = [];
  const deliver = (batch: readonly SpooledRecord[]) => {
    batches.push(batch.map(idOf));
    return Promise.resolve(batch.filter((record) => ids.includes(idOf(record))));
  };
  return { batches, deliver };
}

test('batches come in order, within the bounds of records and bytes; a large record comes alone', async () => {
  const spool = await openOn(createSimulatedDisk(), { segmentBytes: 100_000 });
  await appendEach(spool, range(1, 5));
  await appendEach(spool, [6], 5_000);
  await appendEach(spool, range(7, 9), 1_200);
  const { batches, deliver } = taking(...range(1, 9));
  expect(await spool.drain(deliver)).toEqual({ outcome: 'drained', delivered: 9 });
  expect(batches).toEqual([[1, 2, 3, 4], [5], [6], [7, 8], [9]]);
});

test('a record comes out as it went in, with its time', async () => {
  const spool = await openOn(createSimulatedDisk(), {}, () => 1_723_456_789_012);
  const record = { ...recordOf(1), headers: { text: 'é', bytes: Buffer.of(0, 255) } };
  await spool.append(record);
  await spool.drain((batch) => {
    expect(batch).toEqual([{ ...record, appendedAtMs: 1_723_456_789_012 }]);
    return Promise.resolve(batch);
  });
  expect.assertions(1);
});

test('held: what was not delivered is offered again, alone, before anything behind it', async () => {
  const spool = await openOn(createSimulatedDisk(), { segmentBytes: 100_000 });
  await appendEach(spool, range(1, 6));
  const first = taking(1, 3);
  expect(await spool.drain(first.deliver)).toEqual({ outcome: 'held', delivered: 2 });
  const second = taking(4);
  expect(await spool.drain(second.deliver)).toEqual({ outcome: 'held', delivered: 1 });
  const third = taking(2, 5, 6);
  expect(await spool.drain(third.deliver)).toEqual({ outcome: 'drained', delivered: 3 });
  expect([first, second, third].map(({ batches }) => batches)).toEqual([
    [[1, 2, 3, 4]],
    [[2, 4]],
    [[2], [5, 6]],
  ]);
});

test('no batch is read before the last one was answered', async () => {
  const disk = createSimulatedDisk();
  const spool = await openOn(disk);
  await appendEach(spool, range(1, 8));
  let offered = 0;
  const answer = Promise.withResolvers<undefined>();
  const asked = Promise.withResolvers<undefined>();
  const draining = spool.drain(async (batch) => {
    offered += batch.length;
    asked.resolve(undefined);
    await answer.promise;
    return batch;
  });
  expect(spool.state().draining).toBe(true);
  await asked.promise;
  await appendEach(spool, [9]);
  expect(offered).toBe(4);
  expect(await spool.drain(() => Promise.resolve([]))).toEqual({ outcome: 'busy', delivered: 0 });
  answer.resolve(undefined);
  expect(await draining).toEqual({ outcome: 'drained', delivered: 9 });
  expect(spool.state().draining).toBe(false);
});

test('what is appended while draining comes out too, up to the last synced record', async () => {
  const disk = createSimulatedDisk();
  const spool = await openOn(disk);
  await appendEach(spool, [1]);
  const ids: number[] = [];
  await spool.drain(async (batch) => {
    ids.push(...batch.map(idOf));
    const next = ids.length + 1;
    if (next <= 30) await appendEach(spool, [next], 100);
    return batch;
  });
  expect(ids).toEqual(range(1, 30));
  const slow = Promise.withResolvers<undefined>();
  const syncing = Promise.withResolvers<undefined>();
  disk.before = (operation) => {
    if (operation !== 'sync') return;
    syncing.resolve(undefined);
    return slow.promise;
  };
  const appended = spool.append(recordOf(31));
  await syncing.promise;
  expect(await drainAll(spool)).toEqual([]);
  slow.resolve(undefined);
  await appended;
  expect(await drainAll(spool)).toEqual([31]);
});

test('progress is remembered: a restart continues behind what was delivered, a delivered segment is gone', async () => {
  const disk = createSimulatedDisk();
  const spool = await openOn(disk, { segmentBytes: 900 });
  await appendEach(spool, range(1, 20));
  const segments = segmentsOf(disk);
  await spool.drain(taking(...range(1, 9)).deliver);
  const open = segments.length - segmentsOf(disk).length;
  expect(open).toBeGreaterThan(0);
  expect(spool.state().records).toBe(11);
  disk.crash('machine');
  const after = await openOn(disk);
  expect(after.state()).toMatchObject({ records: 11, oldestAppendedAtMs: 1_000 });
  expect(await drainAll(after)).toEqual(range(10, 20));
});

test('a cursor that is lost or damaged is one that lags', async () => {
  for (const at of [0, 20, 45, 50]) {
    const disk = createSimulatedDisk();
    const spool = await openOn(disk, { segmentBytes: 100_000 });
    await appendEach(spool, range(1, 6));
    await spool.drain(taking(1, 2, 3).deliver);
    await spool.close();
    disk.files.get(`${folder}/cursor`)!.flip(at, 1);
    expect(await drainAll(await openOn(disk))).toEqual(range(1, 6));
  }
});

test('where the disk takes neither cursor nor deletion, draining continues and tells', async () => {
  const disk = createSimulatedDisk();
  const spool = await openOn(disk);
  await appendEach(spool, range(1, 60));
  disk.before = (operation, path) => {
    if (operation === 'remove' || path.endsWith('cursor.new')) throw diskError('EROFS');
  };
  expect(await drainAll(spool)).toEqual(range(1, 60));
  expect(spool.state()).toMatchObject({
    records: 0,
    lastFailure: expect.stringContaining('EROFS') as string,
  });
  expect(spool.state().bytes).toBeGreaterThan(0);
  disk.before = () => undefined;
  await appendEach(spool, [61]);
  expect(await drainAll(spool)).toEqual([61]);
  expect(spool.state()).toMatchObject({ bytes: 0, lastFailure: null });
});

test('what cannot be read is failed, never skipped', async () => {
  const disk = createSimulatedDisk();
  const spool = await openOn(disk);
  await appendEach(spool, [1, 2]);
  disk.before = (operation) => {
    if (operation === 'read') throw diskError('EIO');
  };
  expect(await spool.drain((batch) => Promise.resolve(batch))).toEqual({
    outcome: 'failed',
    reason: 'the disk fails (EIO: simulated)',
    delivered: 0,
  });
  disk.before = () => undefined;
  expect(await drainAll(spool)).toEqual([1, 2]);
});

test('a deliver that throws delivers nothing, and the next drain begins there', async () => {
  const spool = await openOn(createSimulatedDisk());
  await appendEach(spool, [1, 2]);
  await expect(spool.drain(() => Promise.reject(new Error('a bug')))).rejects.toThrow('a bug');
  expect(await drainAll(spool)).toEqual([1, 2]);
});

test('the age is that of the oldest record that is not delivered', async () => {
  let nowMs = 0;
  const spool = await openOn(createSimulatedDisk(), { maxBatchRecords: 1 }, () => (nowMs += 10));
  await appendEach(spool, range(1, 40));
  expect(spool.state().oldestAppendedAtMs).toBe(10);
  for (const id of range(1, 40)) {
    await spool.drain(taking(id).deliver);
    expect(spool.state().oldestAppendedAtMs).toBe(id === 40 ? null : (id + 1) * 10);
    expect(spool.state().records).toBe(40 - id);
  }
  await appendEach(spool, [41]);
  expect(spool.state()).toMatchObject({ records: 1, oldestAppendedAtMs: 410 });
});

test('close ends a drain once its batch is answered', async () => {
  const disk = createSimulatedDisk();
  const spool = await openOn(disk);
  await appendEach(spool, range(1, 8));
  const answer = Promise.withResolvers<undefined>();
  const draining = spool.drain(async (batch) => {
    await answer.promise;
    return batch;
  });
  const closed = spool.close();
  answer.resolve(undefined);
  expect(await draining).toEqual({ outcome: 'stopped', delivered: 4 });
  await closed;
  expect(await drainAll(await openOn(disk))).toEqual(range(5, 8));
});
