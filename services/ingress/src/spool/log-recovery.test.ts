import { segmentHeader, seedOf } from './frame.ts';
import { openLog } from './log.ts';
import {
  appendEach,
  drainAll,
  folder,
  openOn,
  quarantineOf,
  range,
  segmentsOf,
  smallLimits,
} from '../../testing/spool/open-log.ts';
import { createSimulatedDisk, diskError, type SimulatedDisk } from '../../testing/spool/simulated-disk.ts';

jest.setTimeout(30_000);

/** A disk with these records, and the places of their ends in the newest segment. */
async function diskWith(ids: readonly number[], segmentBytes = 100_000) {
  const disk = createSimulatedDisk();
  const spool = await openOn(disk, { segmentBytes });
  const ends: number[] = [];
  for (const id of ids) {
    await appendEach(spool, [id]);
    ends.push(newest(disk).cache.length);
  }
  await spool.close();
  return { disk, ends };
}

function newest(disk: SimulatedDisk) {
  return disk.files.get(segmentsOf(disk).at(-1)!)!;
}

test('a tail that is cut at any byte of the last record is cut back to the last whole one', async () => {
  const { ends } = await diskWith([1, 2, 3]);
  for (let length = ends[1]! + 1; length < ends[2]!; length++) {
    const { disk } = await diskWith([1, 2, 3]);
    newest(disk).truncate(length);
    const spool = await openOn(disk);
    expect(newest(disk).cache.length).toBe(ends[1]);
    expect(spool.state()).toMatchObject({ records: 2, bytes: ends[1], quarantined: 0 });
    await appendEach(spool, [4]);
    expect(await drainAll(spool)).toEqual([1, 2, 4]);
    expect(quarantineOf(disk)).toEqual([]);
  }
});

test.each([
  ['first', 1],
  ['middle', 2],
  ['last', 3],
])('a flipped byte anywhere in the %s record puts that one into quarantine, no other', async (_, hit) => {
  const { ends } = await diskWith([1, 2, 3]);
  const start = ends[hit - 2] ?? 16;
  for (let at = start; at < ends[hit - 1]!; at++) {
    const { disk } = await diskWith([1, 2, 3]);
    newest(disk).flip(at, 0x10);
    const bytes = Buffer.from(newest(disk).cache.subarray(start, ends[hit - 1]));
    const spool = await openOn(disk);
    await appendEach(spool, [4]);
    expect(await drainAll(spool)).toEqual([1, 2, 3, 4].filter((id) => id !== hit));
    expect(spool.state()).toMatchObject({ quarantined: 1, bytes: 0, records: 0 });
    const [kept] = quarantineOf(disk);
    expect(kept).toMatch(new RegExp(`\\.segment\\.${start}\\.(frame-header|checksum)$`));
    expect(disk.files.get(kept!)!.cache).toEqual(bytes);
  }
});

test('a damaged segment header costs no record, and is kept', async () => {
  for (let at = 0; at < 16; at++) {
    const { disk } = await diskWith([1, 2]);
    newest(disk).flip(at, 1);
    const spool = await openOn(disk);
    expect(await drainAll(spool)).toEqual([1, 2]);
    expect(quarantineOf(disk)).toEqual([expect.stringMatching(/\.segment\.0\.segment-header$/)]);
  }
});

test('records are counted over all segments without reading them', async () => {
  const { disk } = await diskWith(range(1, 40), 700);
  expect(segmentsOf(disk).length).toBeGreaterThan(3);
  const before = disk.count('read');
  const spool = await openOn(disk);
  expect(spool.state().records).toBe(40);
  expect(disk.count('read') - before).toBeLessThanOrEqual(2 * segmentsOf(disk).length + 2);
});

test('damage is kept before it is passed: where quarantine is impossible, draining fails there', async () => {
  const { disk, ends } = await diskWith([1, 2, 3]);
  newest(disk).flip(ends[1]! - 1, 1);
  const spool = await openOn(disk);
  disk.before = (operation, path) => {
    if (operation === 'open' && path.includes('quarantine')) throw diskError('ENOSPC');
  };
  expect(await spool.drain((batch) => Promise.resolve(batch))).toMatchObject({
    outcome: 'failed',
    delivered: 0,
  });
  disk.before = () => undefined;
  expect(await drainAll(spool)).toEqual([1, 3]);
  expect(spool.state().quarantined).toBe(1);
});

test('the count of what is in quarantine survives a restart, and nothing is counted twice', async () => {
  const { disk, ends } = await diskWith([1, 2, 3]);
  newest(disk).flip(ends[1]! - 1, 1);
  const spool = await openOn(disk);
  await spool.drain(() => Promise.resolve([]));
  await spool.close();
  const after = await openOn(disk);
  expect(after.state().quarantined).toBe(1);
  expect(await drainAll(after)).toEqual([1, 3]);
  expect(after.state().quarantined).toBe(1);
});

test('a segment that cannot be read does not keep the spool from opening and taking records', async () => {
  const { disk } = await diskWith([1, 2, 3]);
  disk.before = (operation) => {
    if (operation === 'read') throw diskError('EIO');
  };
  const spool = await openOn(disk);
  expect(await appendEach(spool, [4])).toEqual(['spooled']);
  disk.before = () => undefined;
  expect(await drainAll(spool)).toEqual([1, 2, 3, 4]);
});

test('a segment of a newer version is refused and stays as it is', async () => {
  const { disk } = await diskWith([1]);
  const files = disk.boot();
  const name = '0000000000000009-0123456789abcdef.segment';
  const header = segmentHeader(seedOf(name), 2);
  const file = await files.open(`${folder}/${name}`, 'create');
  await file.write(header, 0);
  expect(await openLog({ folder, files, limits: smallLimits })).toEqual({
    outcome: 'refused',
    reason: `The spool's segment ${name} was written by a newer version: run that version until the spool is drained.`,
  });
  expect(disk.files.get(`${folder}/${name}`)!.cache).toEqual(header);
});
