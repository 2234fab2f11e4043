import { openLog } from './log.ts';
import {
  appendEach,
  drainAll,
  folder,
  openOn,
  range,
  recordOf,
  segmentsOf,
  smallLimits,
} from '../../testing/spool/open-log.ts';
import { createSimulatedDisk, diskError } from '../../testing/spool/simulated-disk.ts';

test('spooled means written and synced, name and all: a crash right after it loses nothing', async () => {
  for (let seed = 0; seed < 50; seed++) {
    const disk = createSimulatedDisk();
    const spool = await openOn(disk);
    expect(await appendEach(spool, [1, 2])).toEqual(['spooled', 'spooled']);
    disk.crash('machine');
    expect(await drainAll(await openOn(disk))).toEqual([1, 2]);
  }
});

test('what arrives while a commit is out goes together into the next one', async () => {
  const disk = createSimulatedDisk();
  const spool = await openOn(disk, { segmentBytes: 100_000 });
  await spool.append(recordOf(0));
  const syncs = disk.count('sync');
  const writes = disk.count('write');
  const slow = Promise.withResolvers<undefined>();
  const out = Promise.withResolvers<undefined>();
  disk.before = (operation) => {
    if (operation !== 'sync') return;
    out.resolve(undefined);
    return slow.promise;
  };
  const answered: number[] = [];
  const first = spool.append(recordOf(1)).then(() => answered.push(1));
  await out.promise;
  const rest = range(2, 50).map((id) => spool.append(recordOf(id)).then(() => answered.push(id)));
  expect(answered).toEqual([]);
  slow.resolve(undefined);
  await Promise.all([first, ...rest]);
  expect(disk.count('sync') - syncs).toBe(2);
  expect(disk.count('write') - writes).toBe(2);
  expect(await drainAll(spool)).toEqual(range(0, 50));
});

test('records continue in new segments, a large one in one of its own', async () => {
  const disk = createSimulatedDisk();
  const spool = await openOn(disk);
  await appendEach(spool, [1, 2]);
  await appendEach(spool, [3], 5_000);
  await appendEach(spool, [4]);
  expect(segmentsOf(disk).length).toBe(3);
  expect(await drainAll(spool)).toEqual([1, 2, 3, 4]);
});

test('full: nothing is written, the bound holds, and draining makes room', async () => {
  const disk = createSimulatedDisk();
  const spool = await openOn(disk, { maxBytes: 5_000 });
  const outcomes = await appendEach(spool, range(1, 10), 1_000);
  expect(outcomes).toEqual([...range(1, 4).map(() => 'spooled'), ...range(5, 10).map(() => 'full')]);
  expect(spool.state().bytes).toBeLessThanOrEqual(5_000);
  expect(await drainAll(spool)).toEqual(range(1, 4));
  expect(spool.state()).toMatchObject({ bytes: 0, records: 0, oldestAppendedAtMs: null });
  expect(await appendEach(spool, [11])).toEqual(['spooled']);
});

test('full: more than may wait is not taken', async () => {
  const disk = createSimulatedDisk();
  const spool = await openOn(disk, { maxWaitingBytes: 2_500 });
  const outcomes = await Promise.all(range(1, 4).map((id) => spool.append(recordOf(id, 1_000))));
  expect(outcomes.map(({ outcome }) => outcome)).toEqual(['spooled', 'spooled', 'full', 'full']);
  expect(await appendEach(spool, [5], 1_000)).toEqual(['spooled']);
});

test.each([
  ['write', 'EIO'],
  ['write', 'ENOSPC'],
  ['sync', 'EIO'],
  ['open', 'EROFS'],
  ['syncFolder', 'EIO'],
] as const)('%s ends with %s: failed with a reason, and the next append heals', async (broken, code) => {
  for (const before of [[], [1, 2]]) {
    const disk = createSimulatedDisk();
    const spool = await openOn(disk, { segmentBytes: broken === 'write' || broken === 'sync' ? 2_000 : 100 });
    await appendEach(spool, before);
    disk.before = (operation) => {
      if (operation === broken) throw diskError(code);
    };
    const failed = await Promise.all([spool.append(recordOf(3)), spool.append(recordOf(4))]);
    for (const answer of failed)
      expect(answer).toEqual({ outcome: 'failed', reason: expect.stringContaining(code) as string });
    expect(spool.state()).toMatchObject({
      writable: false,
      lastFailure: expect.stringContaining(code) as string,
    });
    disk.before = () => undefined;
    expect(await appendEach(spool, [5])).toEqual(['spooled']);
    expect(spool.state()).toMatchObject({ writable: true, lastFailure: null });
    disk.crash('machine');
    const after = await openOn(disk);
    const ids = await drainAll(after);
    expect(ids.filter((id) => id !== 3 && id !== 4)).toEqual([...before, 5]);
  }
});

test('after a sync that failed, its segment is never written again', async () => {
  const disk = createSimulatedDisk();
  const spool = await openOn(disk);
  await appendEach(spool, [1]);
  const [first] = segmentsOf(disk);
  const synced = disk.files.get(first!)!.cache.length;
  let failing = true;
  disk.before = (operation) => {
    if (operation === 'sync' && failing) throw diskError('EIO');
  };
  await appendEach(spool, [2]);
  failing = false;
  await appendEach(spool, [3]);
  expect(segmentsOf(disk).length).toBe(2);
  expect(disk.files.get(first!)!.cache.length).toBe(synced);
  expect(await drainAll(spool)).toEqual([1, 3]);
});

test('segments that can neither be written nor deleted do not pile up', async () => {
  const disk = createSimulatedDisk();
  const spool = await openOn(disk);
  disk.before = (operation) => {
    if (operation === 'write' || operation === 'remove') throw diskError('EIO');
  };
  await appendEach(spool, range(1, 10));
  expect(segmentsOf(disk).length).toBe(1);
  disk.before = () => undefined;
  expect(await appendEach(spool, [11])).toEqual(['spooled']);
  expect(segmentsOf(disk).length).toBe(1);
});

test('short writes are completed, and a full disk fails without harm', async () => {
  const disk = createSimulatedDisk();
  const spool = await openOn(disk);
  disk.maxWriteBytes = 7;
  expect(await appendEach(spool, [1])).toEqual(['spooled']);
  disk.capacityBytes = spool.state().bytes + 50;
  expect(await appendEach(spool, [2])).toEqual(['failed']);
  disk.capacityBytes = Infinity;
  expect(await appendEach(spool, [3])).toEqual(['spooled']);
  expect(await drainAll(spool)).toEqual([1, 3]);
});

test('a probe finds out that the disk takes commits again', async () => {
  const disk = createSimulatedDisk();
  const spool = await openOn(disk);
  disk.before = (operation) => {
    if (operation === 'open') throw diskError('EROFS');
  };
  await appendEach(spool, [1]);
  expect((await spool.probe()).outcome).toBe('failed');
  expect(spool.state().writable).toBe(false);
  disk.before = () => undefined;
  expect(await spool.probe()).toEqual({ outcome: 'spooled' });
  expect(spool.state()).toMatchObject({ writable: true, records: 0, oldestAppendedAtMs: null });
  await appendEach(spool, [2]);
  expect(spool.state()).toMatchObject({ records: 1, oldestAppendedAtMs: 1_000 });
  expect(await drainAll(spool)).toEqual([2]);
});

test('close waits for the commit that is out and for what waits, then takes nothing', async () => {
  const disk = createSimulatedDisk();
  const spool = await openOn(disk);
  const appended = range(1, 3).map((id) => spool.append(recordOf(id)));
  await spool.close();
  expect(await Promise.all(appended)).toEqual(range(1, 3).map(() => ({ outcome: 'spooled' })));
  expect(await appendEach(spool, [4])).toEqual(['failed']);
  expect((await spool.probe()).outcome).toBe('failed');
  expect(await spool.drain((batch) => Promise.resolve(batch))).toEqual({ outcome: 'stopped', delivered: 0 });
  expect(spool.state().writable).toBe(false);
  expect(await drainAll(await openOn(disk))).toEqual([1, 2, 3]);
});

test('a second open is refused with what to do, until the first one closes', async () => {
  const disk = createSimulatedDisk();
  const files = disk.boot();
  const open = () => openLog({ folder, files, limits: smallLimits });
  const first = await open();
  expect(await open()).toEqual({
    outcome: 'refused',
    reason:
      "The spool's folder /spool is in use by another process: stop that one, or give each process a folder of its own.",
  });
  if (first.outcome === 'opened') await first.log.close();
  expect((await open()).outcome).toBe('opened');
});

test('a folder that cannot be used is a refusal, and does not keep the lock', async () => {
  const disk = createSimulatedDisk();
  const files = disk.boot();
  disk.before = (operation) => {
    if (operation === 'list') throw diskError('EIO');
  };
  const refused = await openLog({ folder, files });
  expect(refused).toEqual({
    outcome: 'refused',
    reason:
      "The spool's folder /spool cannot be used: the disk fails (EIO: simulated). Repair or empty the disk, or name another folder.",
  });
  disk.before = () => undefined;
  expect((await openLog({ folder, files })).outcome).toBe('opened');
});
