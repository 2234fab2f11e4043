import { openLog } from './log.ts';
import type { SpooledRecord } from './spooled.ts';
import { defaultSpoolLimits } from './spool-limits.ts';
import { openSpool, type Spool } from './spool.ts';
import {
  folder,
  idOf,
  quarantineOf,
  range,
  recordOf,
  segmentsOf,
  smallLimits,
} from '../../testing/spool/open-log.ts';
import { createSimulatedDisk, diskError, type SimulatedDisk } from '../../testing/spool/simulated-disk.ts';

async function openOn(disk: SimulatedDisk, limits = smallLimits): Promise<Spool> {
  const opened = await openSpool({ folder, limits, nowMs: () => 1_000, files: disk.boot() });
  if (opened.outcome === 'refused') throw new Error(opened.reason);
  return opened.spool;
}

const appendTo = async (spool: Spool, topic: string, ids: readonly number[], bytes?: number) =>
  Promise.all(ids.map(async (id) => (await spool.append({ ...recordOf(id, bytes), topic })).outcome));

/** Delivers the records of some topics alone; gives the ids that were delivered. */
async function drainOnly(spool: Spool, ...topics: string[]): Promise<number[]> {
  const delivered: number[] = [];
  await spool.drain((batch) => {
    const taken = batch.filter(({ topic }) => topics.includes(topic));
    delivered.push(...taken.map(idOf));
    return Promise.resolve(taken);
  });
  return delivered;
}

test('a topic that is not delivered holds up no other one, and its own records stay', async () => {
  const disk = createSimulatedDisk();
  const spool = await openOn(disk);
  await appendTo(spool, 'gone', [1]);
  await appendTo(spool, 'there', range(2, 30));
  await appendTo(spool, 'gone', [31]);
  expect(await drainOnly(spool, 'there')).toEqual(range(2, 30));
  expect([spool.holds('gone'), spool.holds('there'), spool.state().records]).toEqual([true, false, 2]);
  await appendTo(spool, 'there', [32]);
  expect(await drainOnly(spool, 'there')).toEqual([32]);
  expect(await drainOnly(spool, 'there', 'gone')).toEqual([1, 31]);
  expect(spool.state()).toMatchObject({ bytes: 0, records: 0, oldestAppendedAtMs: null });
});

test('a batch that is being delivered for long holds up no other topic', async () => {
  const spool = await openOn(createSimulatedDisk());
  await appendTo(spool, 'slow', [1]);
  await appendTo(spool, 'quick', [2]);
  const slow = Promise.withResolvers<undefined>();
  const quick = Promise.withResolvers<undefined>();
  const draining = spool.drain(async (batch) => {
    if (batch[0]?.topic === 'slow') await slow.promise;
    else quick.resolve(undefined);
    return batch;
  });
  await quick.promise;
  expect(await spool.drain((batch) => Promise.resolve(batch))).toEqual({ outcome: 'busy', delivered: 0 });
  slow.resolve(undefined);
  expect(await draining).toEqual({ outcome: 'drained', delivered: 2 });
});

test('everything is there after a crash, by topic', async () => {
  const disk = createSimulatedDisk();
  const spool = await openOn(disk);
  await appendTo(spool, 'a', [1, 2]);
  await appendTo(spool, 'b', [3]);
  disk.crash('machine');
  const again = await openOn(disk);
  expect(again.state().records).toBe(3);
  expect(await drainOnly(again, 'b')).toEqual([3]);
  expect(await drainOnly(again, 'a')).toEqual([1, 2]);
});

test('what a version with one log for all topics left is drained, and nothing is added to it', async () => {
  const disk = createSimulatedDisk();
  const former = await openLog({ folder, limits: smallLimits, nowMs: () => 1_000, files: disk.boot() });
  if (former.outcome === 'refused') throw new Error(former.reason);
  for (const [id, topic] of [
    [1, 'a'],
    [2, 'b'],
  ] as const)
    // prettier-ignore
    await former.log.append({ ...recordOf(id), topic });
  await former.log.close();
  const spool = await openOn(disk);
  expect(spool.state().records).toBe(2);
  await appendTo(spool, 'a', [3]);
  expect(segmentsOf(disk).map((path) => path.split('/').length)).toEqual([3, 4]);
  expect((await drainOnly(spool, 'a', 'b')).toSorted()).toEqual([1, 2, 3]);
  expect(segmentsOf(disk)).toEqual([]);
});

test('the bound is over all topics, and one topic leaves room for others', async () => {
  const spool = await openOn(createSimulatedDisk(), { ...smallLimits, maxBytes: 20_000 });
  const flood: string[] = [];
  for (const id of range(1, 60)) flood.push(...(await appendTo(spool, 'flood', [id], 400)));
  expect(flood.at(-1)).toBe('full');
  expect(spool.state().bytes).toBeLessThanOrEqual(15_000);
  expect(spool.state().writable).toBe(true);
  const other: string[] = [];
  for (const id of range(61, 90)) other.push(...(await appendTo(spool, 'other', [id], 400)));
  expect([other[0], other.at(-1)]).toEqual(['spooled', 'full']);
  expect(spool.state().bytes).toBeLessThanOrEqual(20_000);
});

test('a disk that refuses a new topic or a record is found well again by a probe, without an append', async () => {
  const disk = createSimulatedDisk();
  const spool = await openOn(disk);
  await appendTo(spool, 'a', [1]);
  disk.before = (operation) => {
    if (operation === 'makeFolder' || operation === 'write' || operation === 'sync')
      throw diskError('ENOSPC');
  };
  expect(await appendTo(spool, 'a', [2])).toEqual(['failed']);
  expect(await appendTo(spool, 'b', [3])).toEqual(['failed']);
  expect(spool.state().writable).toBe(false);
  expect((await spool.probe()).outcome).toBe('failed');
  expect(spool.state().lastFailure).toContain('the disk is full');
  disk.before = () => undefined;
  expect((await spool.probe()).outcome).toBe('spooled');
  expect(spool.state()).toMatchObject({ writable: true, lastFailure: null, records: 1 });
  expect(await appendTo(spool, 'b', [3])).toEqual(['spooled']);
  expect((await drainOnly(spool, 'a', 'b')).toSorted()).toEqual([1, 3]);
});

test('a damaged record costs its topic that record alone, and other topics nothing', async () => {
  const disk = createSimulatedDisk();
  const spool = await openOn(disk);
  await appendTo(spool, 'a', [1]);
  await appendTo(spool, 'b', [2, 3]);
  const file = disk.files.get(segmentsOf(disk).find((path) => path.includes('/a/'))!)!;
  file.flip(file.cache.length - 1, 1);
  expect(await drainOnly(spool, 'a', 'b')).toEqual([2, 3]);
  expect([spool.state().quarantined, quarantineOf(disk).length]).toEqual([1, 1]);
});

test('close waits for appends and drains of every topic, and takes nothing after', async () => {
  const spool = await openOn(createSimulatedDisk(), { ...smallLimits, ...defaultSpoolLimits });
  const appended = [appendTo(spool, 'a', [1]), appendTo(spool, 'b', [2])];
  await spool.close();
  expect((await Promise.all(appended)).flat()).toEqual(['spooled', 'spooled']);
  expect(await appendTo(spool, 'a', [3])).toEqual(['failed']);
  const batch: readonly SpooledRecord[][] = [];
  expect(await spool.drain(() => Promise.resolve(batch.flat()))).toEqual({
    outcome: 'stopped',
    delivered: 0,
  });
});
