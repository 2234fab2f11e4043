import { balance, type Found, type FoundDeadLetter } from './ledger.ts';
import { renderLedger } from './print-ledger.ts';

const type = { vendor: 'acme', dataType: 'chatStart' };
const key = 'acme/chatStart';
const deadLetter = (change: Partial<FoundDeadLetter>): FoundDeadLetter => ({
  ...type,
  id: 'l',
  sourceId: 's',
  stage: 'NORMALIZER',
  reason: 'NOT_XML',
  position: 't/0/1',
  ...change,
});
/** What each sink's store has of this type. */
const stored = (clickhouse: number, elasticsearch: number): Found['stored'] =>
  new Map([
    ['clickhouse', new Map([[key, clickhouse]])],
    ['elasticsearch', new Map([[key, elasticsearch]])],
  ]);
const nothing = { raw: new Map(), events: new Map(), stored: stored(0, 0) };
const whole: Found = {
  raw: new Map([['s/h1', { ...type, positions: new Set(['t/0/0']) }]]),
  events: new Map([['e1', { ...type, positions: new Set(['t/0/0']), records: 1 }]]),
  deadLetters: [],
  stored: stored(1, 1),
};
const acknowledged = [{ ...type, sourceId: 's', payloadHash: 'h1' }];
const sent = new Map([[key, 1]]);

test('balances when everything arrived', () => {
  expect(balance(sent, acknowledged, whole)).toEqual({
    rows: [
      {
        ...type,
        ...{ sent: 1, acknowledged: 1, raw: 1, dead: 0, same: 0 },
        ...{ events: 1, rejected: 0, stored: { clickhouse: 1, elasticsearch: 1 } },
      },
    ],
    deadLetters: new Map(),
    deadLetterRecords: 0,
    imbalances: [],
  });
});

test('pushes of one source that say the same are one payload', () => {
  const other = { ...type, sourceId: 'another', payloadHash: 'h1' };
  const raw = new Map([...whole.raw, ['another/h1', { ...type, positions: new Set(['t/0/0']) }]]);
  const ledger = balance(new Map([[key, 3]]), [...acknowledged, ...acknowledged, other], { ...whole, raw });
  expect(ledger).toMatchObject({
    imbalances: [],
    rows: [{ sent: 3, acknowledged: 3, raw: 2, dead: 0, same: 1 }],
  });
});

test.each<[string, Partial<Found>, string]>([
  ['an acknowledged push that is nowhere', nothing, 'acknowledged pushes'],
  [
    'a raw record that became nothing',
    { events: new Map(), stored: stored(0, 0) },
    'raw records became neither',
  ],
  ['a row that is missing', { stored: stored(0, 1) }, '1 events, but 0 rows in ClickHouse'],
  ['a document too many', { stored: stored(1, 2) }, '1 events, but 2 documents in Elasticsearch'],
  [
    'a copy of a raw record that was passed over',
    { raw: new Map([['s/h1', { ...type, positions: new Set(['t/0/0', 't/0/9']) }]]) },
    'raw records became neither',
  ],
])('%s does not balance', (_name, change, message) => {
  expect(balance(sent, acknowledged, { ...whole, ...change }).imbalances).toEqual([
    expect.stringContaining(message),
  ]);
});

test('dead letters balance: of ingress, of the normalizer, of a sink', () => {
  const byIngress = balance(sent, acknowledged, {
    ...nothing,
    deadLetters: [deadLetter({ id: 'h1', stage: 'INGRESS', position: null })],
  });
  expect(byIngress).toMatchObject({ imbalances: [], deadLetters: new Map([['ingress NOT_XML', 1]]) });

  const byNormalizer = balance(sent, acknowledged, {
    ...nothing,
    raw: whole.raw,
    deadLetters: [deadLetter({ position: 't/0/0' })],
  });
  expect(byNormalizer.imbalances).toEqual([]);

  const bySink = balance(sent, acknowledged, {
    ...whole,
    stored: stored(0, 1),
    deadLetters: [deadLetter({ stage: 'SINK_CLICKHOUSE', id: 'e1' })],
  });
  expect(bySink.imbalances).toEqual([]);
});

test('a dead letter that was written twice counts once', () => {
  const twice = balance(sent, acknowledged, { ...whole, deadLetters: [deadLetter({}), deadLetter({})] });
  expect(twice.rows[0]?.rejected).toBe(1);
  expect(twice.deadLetterRecords).toBe(2);
});

test('one body under two data types is two pushes and two dead letters, in its own line', () => {
  const dead = { ...type, sourceId: 's', payloadHash: 'h2' };
  const other = { ...dead, dataType: 'chatEnd' };
  const ofIngress = { id: 'h2', stage: 'INGRESS', reason: 'UNDECRYPTABLE', position: null };
  const ledger = balance(
    new Map([
      [key, 3],
      ['acme/chatEnd', 1],
    ]),
    [...acknowledged, dead, dead, other],
    {
      ...whole,
      deadLetters: [
        deadLetter(ofIngress),
        deadLetter(ofIngress),
        deadLetter({ ...ofIngress, dataType: 'chatEnd' }),
      ],
    },
  );
  expect(ledger.rows).toMatchObject([
    { dataType: 'chatEnd', acknowledged: 1, raw: 0, dead: 1, same: 0 },
    { dataType: 'chatStart', acknowledged: 3, raw: 1, dead: 1, same: 1 },
  ]);
  const printed = renderLedger(ledger, 'As expected.');
  expect(printed).toContain('4 acknowledged = 1 raw + 2 dead letters + 1 with the payload of another.\n');
  expect(printed).toContain(
    'Dead letters: 2 ingress UNDECRYPTABLE. As expected. They are 3 records in the topic: what is sent again leaves one more.',
  );
});

test('what was kept without an acknowledgement is said next to the sum', () => {
  const ledger = balance(sent, [], whole);
  expect(renderLedger(ledger)).toContain(
    '0 acknowledged = 0 raw + 0 dead letters + 0 with the payload of another. 1 more were kept without an acknowledgement',
  );
});
