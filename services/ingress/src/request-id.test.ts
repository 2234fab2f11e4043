import type { RecentPush } from '@sluice/raw-event/recent-pushes';
import { readRawHeaders } from '@sluice/raw-event/raw-headers';
import { createDecoder, schemaOf } from '@sluice/canonical-event/avro-codec';
import type { Receiving } from '@sluice/vendor-kit/receiving/receiving';
import type { PushResponse, Push } from '@sluice/service/testing/push';
import { loadSenders, type Senders, type Sent } from '../testing/senders.ts';
import { limitBytes, nowMs, startApp, type StartedApp } from '../testing/start-app.ts';
import { pageToken, panelOrigin, pathSecret } from '../testing/test-sources.ts';

let senders: Senders;
let app: StartedApp;
beforeAll(async () => {
  senders = await loadSenders();
});
beforeEach(async () => {
  app = await startApp();
});
afterEach(() => app.serving.stop());

const sealed = (sent: Sent = {}, change: Partial<Push> = {}): Push =>
  senders.query.push('sealed', sent, change);
const path = (rest: string): string => `/v1/${senders.query.id}/${rest}`;
const open = (): string => `/v1/${senders.headers.id}/open/${pathSecret}`;
const staff = (): string => path('staff/staff-actions');
const requestIdOf = ({ headers }: PushResponse): string => String(headers['x-sluice-request-id']);

test.each<[string, () => Push, Partial<RecentPush>]>([
  [
    'that is published',
    () => sealed(),
    { source: 'sealed', kind: 'acknowledged', outcome: 'published', status: 200 },
  ],
  [
    'that nothing opens',
    () => sealed({ keys: { ...senders.query.keys, aesKey: senders.query.otherKeys.aesKey } }),
    { source: 'sealed', kind: 'dead-lettered', status: 200, deadLetters: ['UNDECRYPTABLE'] },
  ],
  [
    'that is too old',
    () => sealed({ atMs: nowMs - 301_000 }),
    { source: 'sealed', kind: 'dead-lettered', outcome: 'kept-apart', deadLetters: ['STALE'] },
  ],
  [
    'with another signature',
    () => sealed({ query: { [senders.query.testing.signed.signature]: '0' } }),
    { source: 'sealed', kind: 'refused', status: 401, reason: 'signature' },
  ],
  [
    'without the path secret',
    () => ({ path: `/v1/${senders.headers.id}/open`, body: '{}' }),
    { source: 'open', kind: 'refused', status: 401, reason: 'path-secret' },
  ],
  [
    'from an address that is not listed',
    () => senders.query.push('inside'),
    { source: 'inside', kind: 'refused', status: 401, reason: 'address' },
  ],
  [
    'for a source that there is not',
    () => ({ path: path('nobody') }),
    { source: null, kind: 'refused', status: 401, reason: 'unknown-path' },
  ],
  [
    'for no route',
    () => ({ path: '/other', method: 'GET' }),
    { source: null, status: 404, reason: 'unknown-path' },
  ],
  [
    'with a path that is no text',
    () => ({ path: path('%ff') }),
    { source: null, kind: 'failed', status: 400, reason: 'malformed' },
  ],
  [
    'that is too large',
    () => ({ path: open(), body: 'x'.repeat(limitBytes + 1) }),
    { source: 'open', kind: 'failed', status: 413, reason: 'too-large' },
  ],
  [
    'of a staff page',
    () => ({ path: staff(), headers: { authorization: `Bearer ${pageToken}` }, body: '{}' }),
    { source: 'staff', kind: 'acknowledged', outcome: 'published', status: 204 },
  ],
  [
    'of nobody, on the route of a staff page',
    () => ({ path: staff(), body: '{}' }),
    { source: 'staff', kind: 'refused', status: 401, reason: 'staff-key' },
  ],
  [
    'of a staff page, from elsewhere',
    () => ({
      path: path('staff/js-sdk/config'),
      method: 'GET',
      headers: { authorization: `Bearer ${pageToken}`, origin: 'https://other.example.com' },
    }),
    { source: 'staff', kind: 'refused', status: 403, reason: 'staff-origin' },
  ],
])('a request %s is answered with its id, and remembered under it', async (_what, push, expected) => {
  const answer = await app.push(push());
  expect(app.ended).toHaveLength(1);
  expect(app.ended[0]).toMatchObject({
    requestId: requestIdOf(answer),
    address: '127.0.0.1',
    status: answer.status,
    reason: null,
    ...expected,
  });
  expect(requestIdOf(answer)).toMatch(/^[0-9a-f-]{36}$/);
  // A path or a query may hold a secret or a signature, and a body what somebody typed.
  for (const secret of [
    senders.query.keys.token,
    pathSecret,
    pageToken,
    `${senders.query.testing.signed.signature}=`,
    'hello',
  ])
    expect(JSON.stringify(app.ended)).not.toContain(secret);
});

test('what cannot be stored now is answered with its id, and no record has another', async () => {
  app.publisher.answerWith('unavailable');
  const answer = await app.push(sealed());
  expect(app.ended).toMatchObject([
    { requestId: requestIdOf(answer), kind: 'failed', status: 503, reason: 'unavailable' },
  ]);
});

test('every record of a request has its id: the payload, and the dead letters of its parts', async () => {
  const acme: Receiving = {
    ...senders.headers.receiving,
    decode: () => ({
      ...{ payload: Buffer.from('what opened'), dataType: 'call', keyUsed: 'current', warnings: [] },
      undecodable: ['one', 'another'].map((part) => ({
        ...{ payload: Buffer.from(part), reason: 'UNDECRYPTABLE' as const, detail: '' },
      })),
    }),
  };
  const partly = await startApp({ receivers: { [senders.headers.id]: acme } });
  const answer = await partly.push(senders.headers.push('head-sealed'));
  await partly.serving.stop();
  const decode = createDecoder(() => Promise.resolve(schemaOf('dead-letter')));
  const ids: unknown[] = [];
  for (const { topic, headers, value } of partly.publisher.records) {
    if (topic.endsWith('.dead-letter')) {
      const deadLetter = await decode('dead-letter', value);
      if (!deadLetter.ok) throw new Error('It is no dead letter.');
      const kept = deadLetter.value.headers.map((one) => [one.name, one.value] as const);
      ids.push(readRawHeaders(Object.fromEntries(kept))?.requestId);
    } else {
      ids.push(readRawHeaders(headers)?.requestId);
    }
  }
  expect(ids).toHaveLength(3);
  expect(new Set(ids)).toEqual(new Set([requestIdOf(answer)]));
  expect(partly.ended).toMatchObject([{ kind: 'dead-lettered', outcome: 'published' }]);
});

test('a browser on a listed origin may read it', async () => {
  const answer = await app.push({
    path: staff(),
    headers: { authorization: `Bearer ${pageToken}`, origin: panelOrigin },
    body: '{}',
  });
  expect(answer.headers['access-control-expose-headers']).toContain('x-sluice-request-id');
});

test('two requests have two ids, whatever they say themselves', async () => {
  const headers = { 'x-sluice-request-id': 'mine' };
  const answers = [await app.push({ path: open(), headers, body: '{}' }), await app.push({ path: open() })];
  expect(new Set(answers.map(requestIdOf)).size).toBe(2);
  expect(answers.map(requestIdOf)).not.toContain('mine');
});
