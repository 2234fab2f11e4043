import type { RecentPush } from '@sluice/raw-event/recent-pushes';
import { createRefusalLog, type RefusalLog } from './refusal-log.ts';

let lines: { fields: object; message: string }[];
let log: RefusalLog;
beforeEach(() => {
  lines = [];
  log = createRefusalLog((fields, message) => lines.push({ fields, message }));
});

const refused: RecentPush = {
  atMs: 1,
  requestId: 'a request',
  source: 'shop',
  address: '203.0.113.7',
  kind: 'refused',
  outcome: 'refused',
  status: 401,
  reason: 'signature',
  deadLetters: [],
};
const messages = () => lines.map(({ message }) => message);

test('a refused request has a line with its source, reason, address and id', () => {
  log.note(refused);
  expect(lines).toEqual([
    {
      fields: {
        source: 'shop',
        reason: 'signature',
        address: '203.0.113.7',
        requestId: 'a request',
        status: 401,
      },
      message:
        'A request for shop from 203.0.113.7 was answered 401: its signature matches no live token of the source, or its timestamp or nonce is malformed.',
    },
  ]);
});

test('a push that nothing opens has a line, although it is acknowledged', () => {
  log.note({ ...refused, kind: 'dead-lettered', status: 200, reason: null, deadLetters: ['UNDECRYPTABLE'] });
  expect(lines).toMatchObject([
    {
      fields: { reason: 'UNDECRYPTABLE', status: 200 },
      message:
        'A request for shop from 203.0.113.7 was acknowledged and became a dead letter: UNDECRYPTABLE. See "sluice dlq list".',
    },
  ]);
});

test('an acknowledged push has none', () => {
  log.note({ ...refused, kind: 'acknowledged', status: 200, reason: null });
  log.endMinute();
  expect(lines).toEqual([]);
});

test('one source, reason and address has a line a minute; the minute ends with how many were left out', () => {
  for (let n = 0; n < 4; n += 1) log.note(refused);
  log.note({ ...refused, reason: 'address' });
  log.note({ ...refused, source: null, reason: 'unknown-path' });
  expect(lines).toHaveLength(3);
  log.endMinute();
  expect(lines.slice(3)).toEqual([
    {
      fields: { source: 'shop', reason: 'signature', leftOut: 3 },
      message:
        'A request for shop, signature: 3 more in the last minute. "GET /pushes" on the management port has the last ones.',
    },
  ]);
  log.note(refused);
  expect(lines).toHaveLength(5);
  log.endMinute();
  log.endMinute();
  expect(lines).toHaveLength(5);
});

test('strangers with a million addresses get five lines, and cost no memory', () => {
  for (let n = 0; n < 1_000_000; n += 1)
    log.note({ ...refused, address: `2001:db8::${(n >> 16).toString(16)}:${(n & 0xffff).toString(16)}` });
  expect(lines).toHaveLength(5);
  log.endMinute();
  expect(messages().at(-1)).toContain('999995 more');
});
