import { vendors } from '@sluice/vendors';
import type { Found } from './ledger.ts';
import { ledgerOf, staffLine } from './watch-staff.ts';

const vendor = Object.values(vendors).find(({ hasStaffPages }) => hasStaffPages)!.id;
const typed = { vendor, dataType: 'staffAction' };
const found = (batches: number, rows: number): Found => ({
  raw: new Map(
    Array.from({ length: batches }, (_, at) => [
      `shop/${at}`,
      { ...typed, positions: new Set([`raw/0/${at}`]) },
    ]),
  ),
  events: new Map(
    Array.from({ length: batches }, (_, at) => [
      `event ${at}`,
      { ...typed, positions: new Set([`raw/0/${at}`]), records: 1 },
    ]),
  ),
  deadLetters: [],
  stored: new Map([
    ['clickhouse', new Map([[`${vendor}/staffAction`, rows]])],
    ['elasticsearch', new Map([[`${vendor}/staffAction`, batches]])],
  ]),
});

test('what was kept is in the topics and in both stores', () => {
  const { rows, imbalances } = ledgerOf(found(2, 2), 2);
  expect(rows).toMatchObject([
    { acknowledged: 2, raw: 2, events: 2, stored: { clickhouse: 2, elasticsearch: 2 } },
  ]);
  expect(imbalances).toEqual([]);
});

test('a batch or a row that is missing is told', () => {
  expect(ledgerOf(found(2, 2), 3).imbalances).toEqual([
    '3 batches were acknowledged, but there are 2 raw records of staff.',
  ]);
  expect(ledgerOf(found(2, 1), 2).imbalances).toEqual([
    `${vendor} staffAction: 2 events, but 1 rows in ClickHouse.`,
  ]);
});

test('what they did is told in one line, with what is missing', () => {
  expect(staffLine(ledgerOf(found(2, 2), 2), 940)).toBe(
    'Staff: 2 batches acknowledged, 2 raw, 2 events, 2 in ClickHouse, 2 in Elasticsearch; the last of it within 0.9 s.',
  );
  expect(staffLine(ledgerOf(found(2, 1), 2), 940)).toMatch(
    new RegExp(` 0\\.9 s\\. ${vendor} staffAction: 2 events, but 1 rows in`),
  );
});
