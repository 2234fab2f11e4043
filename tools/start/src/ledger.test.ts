import { balance, type Found, type FoundDeadLetter } from './ledger.ts';

const type = { vendor: 'echat', dataType: 'chatStart' };
const key = 'echat/chatStart';
const letter = (change: Partial<FoundDeadLetter>): FoundDeadLetter => ({
  ...type,
  id: 'l',
  sourceId: 's',
  stage: 'NORMALIZER',
  reason: 'NOT_XML',
  position: 't/0/1',
  ...change,
});
const whole: Found = {
  raw: new Map([['s/h1', { ...type, positions: new Set(['t/0/0']) }]]),
  events: new Map([['e1', { ...type, positions: new Set(['t/0/0']), records: 1 }]]),
  deadLetters: [],
  rows: new Map([[key, 1]]),
  documents: new Map([[key, 1]]),
};
const acknowledged = [{ ...type, sourceId: 's', payloadHash: 'h1' }];
const sent = new Map([[key, 1]]);

test('balances when everything arrived', () => {
  expect(balance(sent, acknowledged, whole)).toEqual({
    rows: [
      {
        ...type,
        sent: 1,
        acknowledged: 1,
        raw: 1,
        normalized: 1,
        deadLettered: 0,
        events: 1,
        rows: 1,
        documents: 1,
      },
    ],
    deadLetters: new Map(),
    repeated: 0,
    imbalances: [],
  });
});

test('pushes of one source that say the same are one payload', () => {
  const other = { ...type, sourceId: 'another', payloadHash: 'h1' };
  const raw = new Map([...whole.raw, ['another/h1', { ...type, positions: new Set(['t/0/0']) }]]);
  const ledger = balance(new Map([[key, 3]]), [...acknowledged, ...acknowledged, other], { ...whole, raw });
  expect(ledger).toMatchObject({ repeated: 1, imbalances: [], rows: [{ sent: 3, acknowledged: 3, raw: 2 }] });
});

test.each<[string, Partial<Found>, string]>([
  [
    'an acknowledged push that is nowhere',
    { raw: new Map(), events: new Map(), rows: new Map(), documents: new Map() },
    'acknowledged pushes',
  ],
  [
    'a raw record that became nothing',
    { events: new Map(), rows: new Map(), documents: new Map() },
    'raw records became neither',
  ],
  ['a row that is missing', { rows: new Map() }, '1 events, but 0 rows in ClickHouse'],
  ['a document too many', { documents: new Map([[key, 2]]) }, '1 events, but 2 documents in Elasticsearch'],
  [
    'a copy of a raw record that was passed over',
    { raw: new Map([['s/h1', { ...type, positions: new Set(['t/0/0', 't/0/9']) }]]) },
    'raw records became neither',
  ],
])('%s does not balance', (_name, change, sentence) => {
  expect(balance(sent, acknowledged, { ...whole, ...change }).imbalances).toEqual([
    expect.stringContaining(sentence),
  ]);
});

test('dead letters balance: of ingress, of the normalizer, of a sink', () => {
  const none = { raw: new Map(), events: new Map(), rows: new Map(), documents: new Map() };
  const byIngress = balance(sent, acknowledged, {
    ...none,
    deadLetters: [letter({ id: 'h1', stage: 'INGRESS', position: null })],
  });
  expect(byIngress).toMatchObject({ imbalances: [], deadLetters: new Map([['ingress NOT_XML', 1]]) });

  const byNormalizer = balance(sent, acknowledged, {
    ...none,
    raw: whole.raw,
    deadLetters: [letter({ position: 't/0/0' })],
  });
  expect(byNormalizer.imbalances).toEqual([]);

  const bySink = balance(sent, acknowledged, {
    ...whole,
    rows: new Map(),
    deadLetters: [letter({ stage: 'SINK_CLICKHOUSE', id: 'e1' })],
  });
  expect(bySink.imbalances).toEqual([]);
});

test('a dead letter that was written twice counts once', () => {
  const twice = balance(sent, acknowledged, { ...whole, deadLetters: [letter({}), letter({})] });
  expect(twice.rows[0]?.deadLettered).toBe(1);
});
