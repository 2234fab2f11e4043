import { renderTable, tenths, whole, type Column } from './table.ts';

const columns: Column<{ name: string; rate: number }>[] = [
  { title: 'what', align: 'left', cell: ({ name }) => name },
  { title: 'per s', align: 'right', cell: ({ rate }) => whole(rate) },
];

test('names stand to the left, numbers to the right', () => {
  const rows = [
    { name: 'ingress', rate: 12_345.6 },
    { name: 'http', rate: 7 },
  ];
  expect(renderTable(columns, rows).split('\n')).toEqual([
    'what      per s',
    '───────────────',
    'ingress  12,346',
    'http          7',
  ]);
});

test('a table without rows is its head', () => {
  expect(renderTable(columns, []).split('\n')).toHaveLength(2);
});

test.each([
  [0.04, '0.0'],
  [12.35, '12.3'],
  [Number.NaN, '–'],
])('%d in tenths is %s', (value, text) => {
  expect(tenths(value)).toBe(text);
});
