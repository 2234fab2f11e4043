import type { BatchControl, ConsumedRecord } from '@sluice/kafka/consumer';
import { createSuspects } from './suspects.ts';

const record = (offset: number): ConsumedRecord => ({
  topic: 't',
  partition: 0,
  offset: String(offset),
  key: null,
  value: null,
  headers: {},
  timestampMs: 0,
});

/** Kafka's note of one partition. */
function notes(): Pick<BatchControl, 'note' | 'noted'> {
  let note: { offset: string; text: string } | null = null;
  return {
    note: ({ offset }, text) => {
      note = { offset, text };
      return Promise.resolve();
    },
    noted: () => Promise.resolve(note),
  };
}

const chunkRecords = 5_000;
const poison = 1_234;
const suspects = createSuspects(3);

/**
 * Lives of processes that die of one record, as the consume loop lives them: chunks from an offset on, each noted
 * while anything is suspect. Ends when the record becomes a dead letter.
 */
async function lives(): Promise<{ deaths: number; finished: number[] }> {
  const control = notes() as BatchControl;
  const finished: number[] = [];
  let committed = 0;
  for (let deaths = 0; deaths < 100; deaths += 1) {
    const found = await suspects.begin(record(committed), control, chunkRecords);
    if (found.isProven) return { deaths, finished: [...finished, committed] };
    let suspect = found.records;
    for (;;) {
      const size = suspect > 0 ? found.chunkRecords : chunkRecords;
      if (poison >= committed && poison < committed + size) break;
      committed += size;
      suspect -= size;
      if (suspect > 0) await control.note(record(committed), `records=${found.chunkRecords} deaths=0`);
    }
  }
  throw new Error('The record was never found.');
}

test('a record that kills is found by a few crashes, and becomes the only dead letter', async () => {
  // 5 000, 312, 19, 1: four deaths to find it, and as many more alone as the limit says.
  expect(await lives()).toEqual({ deaths: 3 + 1 + 2, finished: [poison] });
});

test('nobody is suspect without a note, or with one of another offset', async () => {
  const control = notes() as BatchControl;
  expect(await suspects.begin(record(7), control, 10)).toEqual({
    noted: '',
    chunkRecords: 10,
    records: 0,
    isProven: false,
  });
  expect(await suspects.begin(record(8), control, 10)).toEqual({
    noted: '',
    chunkRecords: 10,
    records: 0,
    isProven: false,
  });
});

test('an attempt that ended leaves no note behind', async () => {
  const control = notes() as BatchControl;
  await suspects.begin(record(7), control, 10);
  await control.note(record(7), '');
  expect(await suspects.begin(record(7), control, 10)).toMatchObject({ records: 0 });
});
