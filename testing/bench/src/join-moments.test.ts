import { answerLatencies, rawRecordId, recordLatencies, storeLatencies } from './join-moments.ts';

const pushes = [
  { payloadHash: 'a', dueAtMs: 1000, answeredAtMs: 1009 },
  { payloadHash: 'b', dueAtMs: 1010, answeredAtMs: 1014 },
  { payloadHash: 'c', dueAtMs: 1020, answeredAtMs: 1021 },
];
const records = [
  { id: rawRecordId('raw', 0, 5), payloadHash: 'a', atMs: 1007 },
  { id: rawRecordId('raw', 1, '5'), payloadHash: 'b', atMs: 1012 },
  { id: rawRecordId('raw', 1, 6), payloadHash: 'b', atMs: 1040 },
  { id: rawRecordId('raw', 0, 6), payloadHash: 'another', atMs: 1012 },
];

test('the latency of an answer counts from when the push was due', () => {
  expect(answerLatencies(pushes)).toEqual({ sorted: [1, 4, 9], missing: 0 });
});

test('a push that Kafka has twice counts once, with its first record', () => {
  expect(recordLatencies(pushes, records)).toEqual({ sorted: [2, 7], missing: 1 });
});

test('a push is in a store with the last row of it', () => {
  const rows = [
    { rawRecord: 'raw/0/5', atMs: 1100 },
    { rawRecord: 'raw/0/5', atMs: 1300 },
    { rawRecord: 'raw/1/5', atMs: 1110 },
    { rawRecord: 'raw/9/9', atMs: 9999 },
  ];
  expect(storeLatencies(pushes, records, rows)).toEqual({ sorted: [100, 300], missing: 1 });
});
