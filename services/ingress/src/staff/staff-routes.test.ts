import { readRawHeaders } from '@sluice/raw-event/raw-headers';
import type { Source } from '@sluice/sources/source';
import type { PageTicket } from '@sluice/sources/page-ticket';
import { writeTicket } from '@sluice/sources/testing/write-ticket';
import { decodeKept } from '../decode-kept.ts';
import { loadReceivers } from '@sluice/vendor-kit/vendor';
import { vendors } from '@sluice/vendors';
import type { Push } from '@sluice/service/testing/push';
import { limitBytes, nowMs, startApp, type StartedApp } from '../../testing/start-app.ts';
import { loadSenders, type Sender } from '../../testing/senders.ts';
import { panelOrigin, pageToken, testSources, ticketKey } from '../../testing/test-sources.ts';

/** A vendor whose workbench shows pages. */
let sender: Sender;
let source: Source;
let app: StartedApp;
beforeAll(async () => {
  const senders = await loadSenders();
  sender = senders.query;
  source = testSources(senders).find(({ id }) => id === 'staff')!;
});
beforeEach(async () => {
  app = await startApp();
});
afterEach(() => app.serving.stop());

const bearer = (given: string) => ({ authorization: `Bearer ${given}` });
const ticket = (change: Partial<PageTicket> = {}, key = ticketKey) =>
  writeTicket(
    { sourceId: 'staff', pageId: 'panel', staffId: '8021', expiresAtMs: nowMs + 60_000, ...change },
    key,
  );
const config = (change: Partial<Push> = {}): Push => ({
  method: 'GET',
  path: `/v1/${sender.id}/staff/js-sdk/config`,
  headers: bearer(pageToken),
  ...change,
});
const actions = (body: string, change: Partial<Push> = {}): Push => ({
  path: `/v1/${sender.id}/staff/staff-actions`,
  headers: bearer(pageToken),
  body,
  ...change,
});
const batch = '{"sdk":"1.0.0","actions":[{"id":"1","action":"connect"}]}';

/** What the workbench's SDK takes; which fields carry the signature is the vendor's. */
type Signed = Readonly<Record<string, unknown>>;
const signed = async (change: Partial<Push> = {}): Promise<Signed> => {
  const { status, body } = await app.push(config(change));
  expect(status).toBe(200);
  return JSON.parse(body) as Signed;
};

describe('a signature for the workbench', () => {
  test('is what the vendor gives for its workbench, and is kept nowhere', async () => {
    const answer = await app.push(config());
    expect(JSON.parse(answer.body)).toMatchObject({ expiresAt: nowMs + 60_000 });
    expect(answer.headers).toMatchObject({
      'cache-control': 'no-store',
      'content-type': 'application/json',
      'x-content-type-options': 'nosniff',
    });
    expect(answer.body).not.toContain(sender.keys.token);
    expect(app.outcomes).toEqual(['staff panel config signed']);
  });

  test('is as the vendor makes it for this source, now', async () => {
    const sign = ({ id }: Source, atMs: number) => ({ signature: `${id} at ${atMs}` });
    const acme = { ...sender.receiving, staffPages: { sign } };
    const started = await startApp({ receivers: { [sender.id]: acme } });
    const { body } = await started.push(config());
    await started.serving.stop();
    expect(JSON.parse(body)).toEqual({ signature: `staff at ${nowMs}` });
  });

  test('is another one each time', async () => {
    const answers = await Promise.all([signed(), signed(), signed()]);
    expect(new Set(answers.map((answer) => answer[sender.testing.signed.signature])).size).toBe(3);
  });

  test('sends no push', async () => {
    const names = Object.keys(sender.write().query);
    const given = Object.entries(await signed()).filter(([name]) => names.includes(name));
    expect(given.map(([name]) => name)).toContain(sender.testing.signed.signature);
    const query = Object.fromEntries(given.map(([name, value]) => [name, String(value)]));
    const forged = await app.push(sender.push('staff', { query }));
    expect([forged.status, forged.body]).toEqual([401, 'unauthorized']);
    expect(app.publisher.records).toEqual([]);
    expect((await app.push(sender.push('staff'))).status).toBe(200);
  });
});

describe('a batch of actions', () => {
  test('is durable before it is acknowledged, with what ingress vouches for around it', async () => {
    const answer = await app.push(actions(batch, { headers: bearer(ticket()) }));
    expect([answer.status, answer.body]).toEqual([204, '']);
    const [record, ...others] = app.publisher.records;
    expect(others).toEqual([]);
    expect(record?.topic).toBe(`test.raw.${sender.id}`);
    expect(String(record?.value)).toBe(`{"page":"panel","staff":"8021","batch":${batch}}`);
    expect(readRawHeaders(record!.headers)).toMatchObject({
      sourceId: 'staff',
      dataType: 'staffAction',
      contentType: 'application/json',
      signed: false,
      encrypted: false,
    });
    expect(app.outcomes).toEqual(['staff panel actions published']);
  });

  test('of a token has no staff that anybody vouches for', async () => {
    await app.push(actions(batch));
    expect(String(app.publisher.records[0]?.value)).toBe(`{"page":"panel","batch":${batch}}`);
  });

  test('that repeats one is acknowledged and not stored twice; another page may send the same', async () => {
    for (const given of [pageToken, pageToken, 'a-token-of-another'])
      expect((await app.push(actions(batch, { headers: bearer(given) }))).status).toBe(204);
    expect(app.publisher.records).toHaveLength(2);
    expect(app.warnings).toEqual([]);
  });

  test.each(['queue-full', 'unavailable', 'timed-out'] as const)(
    'is not acknowledged while the publisher is %s',
    async (outcome) => {
      app.publisher.answerWith(outcome);
      const answer = await app.push(
        actions(batch, { headers: { ...bearer(pageToken), origin: panelOrigin } }),
      );
      expect([answer.status, answer.headers['retry-after']]).toEqual([503, '5']);
      expect(answer.headers['access-control-expose-headers']).toBe('retry-after, date, x-sluice-request-id');
      app.publisher.answerWith(undefined);
      expect((await app.push(actions(batch))).status).toBe(204);
      expect(app.publisher.records).toHaveLength(1);
    },
  );

  test.each([
    ['', 'EMPTY'],
    ['{"actions":[', 'NOT_JSON'],
    ['1},"page":"another","batch":{"actions":[]', 'NOT_JSON'],
  ])('that cannot be used is acknowledged and kept: %s', async (body, reason) => {
    expect((await app.push(actions(body))).status).toBe(204);
    expect(app.publisher.records).toMatchObject([
      { topic: 'test.dead-letter', headers: { 'sluice-reason': reason } },
    ]);
  });

  test('that was kept opens again as a batch, whatever the source encrypts', async () => {
    const receivers = await loadReceivers(vendors);
    expect(decodeKept(Buffer.from('{"actions":['), 'staffAction', source, receivers)).toMatchObject({
      payload: null,
    });
    const opened = decodeKept(Buffer.from(batch), 'staffAction', source, receivers);
    expect(String(opened.payload)).toBe(`{"batch":${batch}}`);
  });

  test('that is too large is refused, and says what to do', async () => {
    const answer = await app.push(actions(`"${'x'.repeat(limitBytes)}"`));
    expect([answer.status, answer.body]).toEqual([413, 'too large: send fewer actions at once']);
  });

  test('cannot be sent as a push of the vendor', async () => {
    const { query } = sender.write();
    const dataType = sender.receiving.dataTypeOf({ query, header: () => undefined });
    const [name = ''] = Object.entries(query).find(([, value]) => value === dataType) ?? [];
    const payload = Buffer.from(`{"page":"panel","batch":${batch}}`);
    await app.push(sender.push('staff', { payload, query: { [name]: 'staffAction' } }));
    expect(app.warnings).toEqual(['odd-data-type']);
    expect(readRawHeaders(app.publisher.records[0]!.headers)?.dataType).toBe('');
  });
});

const missing = "unauthorized: send the page's token or ticket as a bearer token";
const expired = 'the ticket has expired, or is for longer than an hour: get a new one';
const anotherKey = 'another key that is as long as it must be';

describe.each([
  ['the signature', (change: Partial<Push>) => config(change)],
  ['the actions', (change: Partial<Push>) => actions(batch, change)],
])('%s: a refusal', (_route, request) => {
  test('the token of the vendor', async () => {
    const answer = await app.push(request({ headers: bearer(sender.keys.token) }));
    expect([answer.status, answer.body]).toEqual([401, missing]);
    expect(app.publisher.records).toEqual([]);
  });

  test.each<[string, Partial<Push>, number, string]>([
    ['no token', { headers: {} }, 401, missing],
    ['another token', { headers: bearer(`${pageToken}x`) }, 401, missing],
    ['the token without its scheme', { headers: { authorization: pageToken } }, 401, missing],
    ['an empty token', { headers: { authorization: 'Bearer ' } }, 401, missing],

    ['a ticket under another key', { headers: bearer(ticket({}, anotherKey)) }, 401, missing],
    ['a ticket of another page', { headers: bearer(ticket({ pageId: 'other-panel' })) }, 401, missing],
    ['a ticket of another source', { headers: bearer(ticket({ sourceId: 'sealed' })) }, 401, missing],
    ['a ticket that was good', { headers: bearer(ticket({ expiresAtMs: nowMs })) }, 401, expired],
    ['a ticket for ever', { headers: bearer(ticket({ expiresAtMs: nowMs + 3_700_000 })) }, 401, expired],
    [
      'an unlisted origin',
      { headers: { ...bearer(pageToken), origin: 'https://evil.example' } },
      401,
      missing,
    ],
    ['a hidden origin', { headers: { ...bearer(pageToken), origin: 'null' } }, 401, missing],
    [
      "another page's origin",
      { headers: { ...bearer(pageToken), origin: 'https://other.example.com' } },
      403,
      'this origin is not among those of the page',
    ],
  ])('%s', async (_name, change, status, text) => {
    const answer = await app.push(request(change));
    expect([answer.status, answer.body]).toEqual([status, text]);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.headers['access-control-allow-origin']).not.toBe('https://evil.example');
    expect(app.publisher.records).toEqual([]);
    expect(app.outcomes).toHaveLength(1);
  });

  test.each(['sealed', 'nobody', '__proto__', 'head-sealed'])(
    'a source without pages cannot be told from one that has some: %s',
    async (id) => {
      const shown = async (path: string, headers: Record<string, string>) => {
        const { status, body, headers: all } = await app.push({ ...request({}), path, headers });
        const { date: _date, 'x-sluice-request-id': _id, ...rest } = all;
        return { status, body, headers: rest };
      };
      const { path } = request({});
      for (const headers of [{}, { ...bearer('x'), origin: 'https://evil.example' }]) {
        const refused = await shown(path.replace('/staff/', `/${id}/`), headers);
        expect(refused).toEqual(await shown(path, headers));
        expect(refused).toMatchObject({ status: 401, body: missing });
      }
    },
  );

  test('too often from one address: who is known and strangers have limits of their own', async () => {
    const ask = (given: string) => app.push(request({ headers: bearer(given) }));
    for (let at = 0; at < 5; at += 1) expect((await ask('a-token-of-another')).status).toBeLessThan(300);
    const answer = await ask('a-token-of-another');
    expect([answer.status, answer.body, answer.headers['retry-after']]).toEqual([
      429,
      'too many requests',
      '12',
    ]);
    expect((await ask(pageToken)).status).toBeLessThan(300);
    for (let at = 0; at < 60; at += 1) expect((await ask('a stranger')).status).toBe(401);
    expect((await ask('a stranger')).status).toBe(429);
    // Who had a good ticket learns that it is over, however many strangers ask.
    expect((await ask(ticket({ expiresAtMs: nowMs }))).body).toBe(expired);
  });

  test.each([pageToken, 'an-old-token-of-it', ticket()])('none of %s', async (given) => {
    const answer = await app.push(request({ headers: { ...bearer(given), origin: panelOrigin } }));
    expect(answer.status).toBeLessThan(300);
    expect(answer.headers).toMatchObject({ 'access-control-allow-origin': panelOrigin, vary: 'origin' });
    expect(answer.headers['access-control-allow-credentials']).toBeUndefined();
  });

  test('a browser that asks before is answered for listed origins alone', async () => {
    const method = request({}).method ?? 'POST';
    const ask = (origin: string) =>
      app.push({ ...request({}), body: '', method: 'OPTIONS', headers: { origin } });
    const answer = await ask(panelOrigin);
    expect(answer.status).toBe(204);
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': panelOrigin,
      'access-control-allow-methods': method,
      'access-control-allow-headers': 'authorization, content-type',
      vary: 'origin',
    });
    const refused = await ask('https://panel.example.com.evil.example');
    expect([refused.status, refused.body]).toEqual([401, missing]);
    expect(refused.headers['access-control-allow-methods']).toBeUndefined();
  });
});
