import type { BatchControl, ConsumedRecord } from '@sluice/kafka/consumer';
import { createPoisonPillDetector, markOf } from './poison-pills.ts';

const record = (offset: number): ConsumedRecord => ({
  topic: 't',
  partition: 0,
  offset: String(offset),
  key: null,
  value: null,
  headers: {},
  timestampMs: 0,
});

/** Kafka's commit metadata of one partition. */
function metadataStore(): Pick<BatchControl, 'commitMetadata' | 'committedMetadata'> {
  let committed: { offset: string; metadata: string } | null = null;
  return {
    commitMetadata: ({ offset }, metadata) => {
      committed = { offset, metadata };
      return Promise.resolve();
    },
    committedMetadata: () => Promise.resolve(committed),
  };
}

const chunkRecords = 5_000;
const poison = 1_234;
const poisonPills = createPoisonPillDetector(3);

/**
 * Runs of processes that crash at one record, as the consume loop runs: chunks from an offset on, each marked while
 * one of its records may be a poison pill. Ends when the record becomes a dead letter.
 */
async function runUntilFound(): Promise<{ deaths: number; finished: number[] }> {
  const control = metadataStore() as BatchControl;
  const finished: number[] = [];
  let committed = 0;
  for (let deaths = 0; deaths < 100; deaths += 1) {
    const found = await poisonPills.look(record(committed), control, chunkRecords);
    if (found.isProven) return { deaths, finished: [...finished, committed] };
    await control.commitMetadata(record(committed), markOf(found));
    let unproven = found.records;
    for (;;) {
      const size = unproven > 0 ? found.chunkRecords : chunkRecords;
      if (poison >= committed && poison < committed + size) break;
      committed += size;
      unproven -= size;
      if (unproven > 0)
        await control.commitMetadata(record(committed), `records=${found.chunkRecords} deaths=0`);
    }
  }
  throw new Error('The record was never found.');
}

test('a poison pill is found by a few crashes, and becomes the only dead letter', async () => {
  // 5 000, 312, 19, 1: four crashes to find it, and as many more alone as the limit says.
  expect(await runUntilFound()).toEqual({ deaths: 3 + 1 + 2, finished: [poison] });
});

const nothing = { metadata: '', chunkRecords: 10, records: 0, deaths: 0, isProven: false, isAlone: false };

test('no record is searched without a mark, or with one of another offset', async () => {
  const control = metadataStore() as BatchControl;
  expect(await poisonPills.look(record(7), control, 10)).toEqual(nothing);
  await control.commitMetadata(record(7), markOf({ chunkRecords: 10, deaths: 0 }));
  expect(await poisonPills.look(record(8), control, 10)).toEqual(nothing);
});

test.each([
  [
    { chunkRecords: 100, deaths: 0 },
    { records: 100, chunkRecords: 6, isAlone: false, isProven: false },
  ],
  [
    { chunkRecords: 6, deaths: 0 },
    { records: 6, chunkRecords: 1, isAlone: false, isProven: false },
  ],
  [
    { chunkRecords: 1, deaths: 0 },
    { records: 1, deaths: 1, isAlone: true, isProven: false },
  ],
  [
    { chunkRecords: 1, deaths: 1 },
    { records: 1, deaths: 2, isAlone: true, isProven: false },
  ],
  [
    { chunkRecords: 1, deaths: 2 },
    { records: 1, deaths: 3, isAlone: true, isProven: true },
  ],
])('%j: what comes next', async (mark, search) => {
  const control = metadataStore() as BatchControl;
  await control.commitMetadata(record(7), markOf(mark));
  expect(await poisonPills.look(record(7), control, 100)).toMatchObject(search);
});

test('an attempt that ended leaves no mark', async () => {
  const control = metadataStore() as BatchControl;
  await control.commitMetadata(record(7), markOf({ chunkRecords: 10, deaths: 0 }));
  await control.commitMetadata(record(7), '');
  expect(await poisonPills.look(record(7), control, 10)).toMatchObject({ records: 0 });
});
