import { createDecoder, schemaOf } from '@sluice/canonical-event/avro-codec';
import { readRawHeaders } from '@sluice/raw-event/raw-headers';
import type { Receiving } from '@sluice/vendor-kit/receiving/receiving';
import { loadReceivers } from '@sluice/vendor-kit/vendor';
import { vendors } from '@sluice/vendors';
import { loadSenders, type Sender, type Senders, type Sent } from '../testing/senders.ts';
import { nowMs, startApp, type StartedApp } from '../testing/start-app.ts';
import { pathSecret, testSources } from '../testing/test-sources.ts';
import type { PushResponse, Push } from '@sluice/service/testing/push';
import { decodeKept } from './decode-kept.ts';

let senders: Senders;
/** What each of the two acknowledges with. */
let success: string;
let headSuccess: string;
let app: StartedApp;
beforeAll(async () => {
  senders = await loadSenders();
  success = senders.query.receiving.acknowledgement;
  headSuccess = senders.headers.receiving.acknowledgement;
});
beforeEach(async () => {
  app = await startApp();
});
afterEach(() => app.serving.stop());

/** Signed in the query. */
const sealed = (change: Partial<Push> = {}, sent: Sent = {}, id = 'sealed'): Push =>
  senders.query.push(id, sent, change);
/** Signed in headers. */
const inHead = (change: Partial<Push> = {}, sent: Sent = {}, id = 'head-sealed'): Push =>
  senders.headers.push(id, sent, change);
const openPath = (rest: string): string => `/v1/${senders.headers.id}/open${rest}`;
const open = (change: Partial<Push> = {}): Push => ({
  path: openPath(`/${pathSecret}`),
  body: senders.headers.payload('hello'),
  ...change,
});
/** What is signed with the signature of this push, and another. */
const another = (): Sent => ({ payload: senders.query.payload('another') });
const stale = (): Sent => ({ atMs: nowMs - 301_000 });
const ahead = (): Sent => ({ atMs: nowMs + 301_000 });

/** Exactly these headers, and no other: nothing tells what answers. */
function expectAnswer(
  answer: PushResponse,
  status: number,
  body: string,
  further: Record<string, string> = {},
) {
  const {
    date,
    connection,
    'keep-alive': _keepAlive,
    'x-sluice-request-id': requestId,
    ...headers
  } = answer.headers;
  expect({ status: answer.status, body: answer.body, headers }).toEqual({
    status,
    body,
    headers: { 'content-type': 'text/plain', 'content-length': String(body.length), ...further },
  });
  expect([date, connection]).toEqual([expect.any(String), expect.any(String)]);
  expect(requestId).toMatch(/^[0-9a-f-]{36}$/);
}

describe('an acknowledged push', () => {
  test('is answered as its vendor takes it, and its message is published as it was encrypted', async () => {
    const { id, receiving, payload, write } = senders.query;
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    expectAnswer(await app.push(sealed({ headers: { traceparent } })), 200, success);
    const [record] = app.publisher.records;
    expect(record).toMatchObject({ topic: `test.raw.${id}`, value: payload('hello') });
    const dataType = receiving.dataTypeOf({ query: write().query, header: () => undefined });
    expect(dataType).not.toBe('');
    expect(readRawHeaders(record!.headers)).toMatchObject({
      sourceId: 'sealed',
      vendor: id,
      dataType,
      receivedAtMs: nowMs,
      keyUsed: 'current',
      signed: true,
      encrypted: true,
      traceparent,
    });
    expect(app.outcomes).toEqual(['sealed published']);
  });

  test('is answered with nothing where a text would be read as an error', async () => {
    expectAnswer(await app.push(inHead()), 200, '');
    expect(app.publisher.records).toMatchObject([
      { topic: `test.raw.${senders.headers.id}`, value: senders.headers.payload('hello') },
    ]);
  });

  test.each([pathSecret, 'an-old-one'])(
    'of an unsigned source has its secret, here %s, in the path',
    async (secret) => {
      expectAnswer(await app.push(open({ path: openPath(`/${secret}`) })), 200, headSuccess);
    },
  );

  test('that repeats one is answered alike, and is not stored twice', async () => {
    const [first, second] = [sealed(), inHead()];
    for (const repeated of [first, first, second, second])
      expectAnswer(await app.push(repeated), 200, repeated === first ? success : headSuccess);
    expect(app.publisher.records).toHaveLength(2);
    expect(app.outcomes.map((outcome) => outcome.replace(/^\S+ /, ''))).toEqual([
      'published',
      'repeated',
      'published',
      'repeated',
    ]);
  });

  test('that was not durable is no repetition when it comes again', async () => {
    const push = sealed();
    app.publisher.answerWith('unavailable');
    expectAnswer(await app.push(push), 503, 'try again later', { 'retry-after': '5' });
    app.publisher.answerWith(undefined);
    expectAnswer(await app.push(push), 200, success);
    expect(app.publisher.records).toHaveLength(1);
  });

  test('of an unlisted app continues with its id and is counted, where the source accepts it', async () => {
    expectAnswer(await app.push(sealed({}, {}, 'for-others')), 200, success);
    expect(app.warnings).toEqual(['unlisted-id']);
    const ids = Object.values(senders.query.testing.settings).flat();
    expect(ids).toContain(readRawHeaders(app.publisher.records[0]!.headers)?.unlistedAppId);
  });

  test.each([
    ['text/xml; charset=GBK', 'text/xml; charset=GBK'],
    ['text/xml;\tcharset=GBK', null],
    ['x'.repeat(129), null],
    ['', null],
  ])('continues with its content type, where it says one that may be in a header: %s', async (sent, kept) => {
    await app.push(sealed({ headers: { 'content-type': sent } }));
    const documented = senders.query.receiving.contentType;
    expect(readRawHeaders(app.publisher.records[0]!.headers)?.contentType).toBe(kept ?? documented);
  });

  test('is not answered before its record is durable', async () => {
    app.publisher.hold();
    let answered = false;
    const answer = app.push(sealed()).then((received) => {
      answered = true;
      return received;
    });
    while (app.publisher.inFlight().records === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    // Another push goes round trip meanwhile; the first one is still unanswered.
    expectAnswer(await app.push({ path: '/other', method: 'GET' }), 404, 'not found');
    expect(answered).toBe(false);
    app.publisher.release();
    expectAnswer(await answer, 200, success);
  });
});

/** A push whose signature is another text than the vendor's. */
const signed = (change: (good: string) => string | undefined): Push => {
  const { signature } = senders.query.testing.signed;
  const good = senders.query.write().query[signature] ?? '';
  return sealed({}, { query: { [signature]: change(good) } });
};
/** A push with a header that is another text than the vendor's; undefined: without it. */
const withHeader = (name: string | null, change: (good: string) => string | undefined): Push => {
  const { headers } = senders.headers.write();
  const { [name ?? '']: good = '', ...rest } = headers;
  const changed = change(good);
  return inHead({ headers: changed === undefined ? rest : { ...rest, [name ?? '']: changed } });
};
const inQuery = (): Push => {
  const { path } = inHead();
  return inHead({
    headers: {},
    path: `${path}?${new URLSearchParams(senders.headers.write().headers).toString()}`,
  });
};
const toOther = (rest: string): Push => {
  const { path } = sealed();
  return sealed({
    path: path.replace(`/${senders.query.id}/sealed`, `/${senders.headers.id}/sealed${rest}`),
  });
};
/** The push with a parameter that it has already. */
const repeating = (push: Push): Push => {
  const [, first = ''] = push.path.split('?');
  return { ...push, path: `${push.path}&${first.split('&')[0] ?? ''}` };
};

describe('a refused push stores nothing', () => {
  test.each<[string, () => Push, number, string]>([
    ['a wrong signature', () => signed((good) => '0'.repeat(good.length)), 401, 'unauthorized'],
    ['no signature', () => signed(() => undefined), 401, 'unauthorized'],
    ['no query', () => sealed({ path: `/v1/${senders.query.id}/sealed` }), 401, 'unauthorized'],
    ['an empty signature', () => signed(() => ''), 401, 'unauthorized'],
    ['an upper-case signature', () => signed((good) => good.toUpperCase()), 401, 'unauthorized'],
    ['a signature that is too long', () => signed((good) => `${good}0`), 401, 'unauthorized'],
    ['a signature that is far too long', () => signed((good) => good.repeat(200)), 401, 'unauthorized'],
    [
      'a signature of other characters',
      () => signed((good) => 'é'.repeat(good.length / 2)),
      401,
      'unauthorized',
    ],
    ['no signature in its headers', () => withHeader(senders.headers.testing.signed.signature, () => undefined), 401, 'unauthorized'], // prettier-ignore
    ['a signature in the wrong place', inQuery, 401, 'unauthorized'],
    ['another time than was signed', () => withHeader(senders.headers.testing.signed.time, (at) => String(Number(at) + 1)), 401, 'unauthorized'], // prettier-ignore
    ['a stale timestamp, by the policy,', () => sealed({}, stale(), 'strict'), 401, 'unauthorized'],
    ['a timestamp of the future', () => sealed({}, ahead(), 'strict'), 401, 'unauthorized'],
    ['a stale timestamp in its headers, by the policy,', () => inHead({}, { atMs: nowMs - 300_001 }, 'head-strict'), 401, 'unauthorized'], // prettier-ignore
    ['an unknown source', () => sealed({}, {}, 'nobody'), 401, 'unauthorized'],
    ['a name that every object has', () => sealed({ path: `/v1/${senders.query.id}/__proto__` }), 401, 'unauthorized'], // prettier-ignore
    ['the other vendor', () => toOther(''), 401, 'unauthorized'],
    ["a staff page's path with the other vendor", () => toOther('/staff-actions'), 401, 'unauthorized'],
    ['no path secret', () => open({ path: openPath('') }), 401, 'unauthorized'],
    ['a wrong path secret', () => open({ path: openPath(`/${pathSecret}x`) }), 401, 'unauthorized'],
    ['a path secret for a source without one', () => sealed({}, {}, 'sealed/x'), 401, 'unauthorized'],
    ['an address that is not listed', () => sealed({}, {}, 'inside'), 401, 'unauthorized'],
    ['a header that claims a listed address', () => sealed({ headers: { 'x-forwarded-for': '10.1.2.3' } }, {}, 'inside'), 401, 'unauthorized'], // prettier-ignore
    ['a repeated query parameter', () => repeating(sealed()), 401, 'unauthorized'],
    ['GET', () => sealed({ method: 'GET', body: '' }), 404, 'not found'],
    ['PUT', () => sealed({ method: 'PUT' }), 404, 'not found'],
    ['another path', () => ({ path: '/' }), 404, 'not found'],
  ])('%s', async (_name, push, status, text) => {
    expectAnswer(await app.push(push()), status, text);
    expect(app.publisher.records).toEqual([]);
    expect(app.outcomes).toHaveLength(1);
    expect(app.refusals).toHaveLength(1);
  });

  test.each<[string, () => Push]>([
    ['signature', () => signed((good) => '0'.repeat(good.length))],
    ['address', () => sealed({}, {}, 'inside')],
    ['path-secret', () => open({ path: openPath('') })],
    ['unknown-path', () => ({ path: '/' })],
    ['repeated-parameter', () => repeating(sealed())],
  ])('is counted with its reason, %s', async (reason, push) => {
    await app.push(push());
    expect(app.refusals.map((refusal) => refusal.split(' ').at(-1))).toEqual([reason]);
  });

  test('whatever is wrong, the answer is one and the same', async () => {
    const [query, headers] = [senders.query.id, senders.headers.id];
    const inside = sealed({}, {}, 'inside');
    const answers = await Promise.all(
      [
        `/v1/${headers}/nobody/x`,
        `/v1/${query}/open/x`,
        `/v1/${headers}/open/x`,
        `/v1/${query}/sealed`,
        inside.path,
        repeating(inside).path,
        sealed({}, stale(), 'strict').path,
      ].map((path) => app.push({ path })),
    );
    const shown = answers.map(({ status, headers, body }) => {
      const { date: _date, 'x-sluice-request-id': _id, ...same } = headers;
      return { status, headers: same, body };
    });
    expect(new Set(shown.map((one) => JSON.stringify(one))).size).toBe(1);
  });

  test.each<[number | string, string, number]>([
    [1, '10.1.2.3', 200],
    [1, '::ffff:10.1.2.3', 200],
    [1, '10.1.2.3:51234', 200],
    [1, ' "10.1.2.3:51234" ', 200],
    [1, '[::ffff:10.1.2.3]:4711', 200],
    [1, '[fd00::7]:4711', 200],
    [1, '[fd00::7]', 200],
    [1, 'fd00::7%eth0', 200],
    [1, '11.1.2.3:80, 10.1.2.3:80', 200],
    [1, '11.1.2.3', 401],
    [1, '[fe80::7]:4711', 401],
    [1, '10.1.2.3, 11.1.2.3', 401],
    [1, '10.1.2.3:80, 11.1.2.3:80', 401],
    [1, 'nonsense', 401],
    [1, '10.1.2.3, unknown', 401],
    [1, '10.1.2.3:x', 401],
    [1, '[10.1.2.3', 401],
    [1, '', 401],
    [2, '10.1.2.3:80, 11.1.2.3:80', 200],
    ['127.0.0.0/8, 11.0.0.0/8', '10.1.2.3:80, 11.1.2.3:80', 200],
    ['127.0.0.0/8, 11.0.0.0/8', '10.1.2.3, 12.1.2.3:80, 11.1.2.3:80', 401],
    ['127.0.0.0/8, fd00::/8', '10.1.2.3, [fd00::1]:443', 200],
  ])('behind proxies (%s) the address is the one that they saw: %s is %d', async (proxies, seen, status) => {
    const behind = await startApp({ trustProxy: proxies });
    const answer = await behind.push(sealed({ headers: { 'x-forwarded-for': seen } }, {}, 'inside'));
    await behind.serving.stop();
    expect(answer.status).toBe(status);
  });
});

describe('a signed push that somebody else may have sent', () => {
  const decode = createDecoder(() => Promise.resolve(schemaOf('dead-letter')));
  const deadLettersOf = async (started: StartedApp) => {
    const deadLetters = [];
    for (const { topic, value } of started.publisher.records) {
      if (topic !== 'test.dead-letter') continue;
      const deadLetter = await decode('dead-letter', value);
      if (deadLetter.ok) deadLetters.push(deadLetter.value);
    }
    return deadLetters;
  };
  const at = (id: string, sent: Sent = {}): Push => sealed({}, sent, id);

  test('with a stale timestamp is acknowledged and kept apart as it was received', async () => {
    const [old, early] = [sealed({}, stale()), inHead({}, { atMs: nowMs + 300_001 })];
    expectAnswer(await app.push(old), 200, success);
    expectAnswer(await app.push(early), 200, headSuccess);
    const { query } = senders.query.write(stale());
    const dataType = senders.query.receiving.dataTypeOf({ query, header: () => undefined });
    expect(await deadLettersOf(app)).toMatchObject([
      { reason: 'STALE', payload: old.body, source_id: 'sealed', data_type: dataType, topic: '' },
      { reason: 'STALE', payload: early.body, source_id: 'head-sealed' },
    ]);
    expect(app.warnings).toEqual(['stale-timestamp', 'stale-timestamp']);
    expect(app.outcomes).toEqual(['sealed kept-apart', 'head-sealed kept-apart']);
  });

  test('with the signature of another body is acknowledged and kept apart', async () => {
    const other = at('sealed', another());
    for (const push of [at('sealed'), other]) expectAnswer(await app.push(push), 200, success);
    expect(await deadLettersOf(app)).toMatchObject([{ reason: 'REUSED_SIGNATURE', payload: other.body }]);
    expect(app.publisher.records).toHaveLength(2);
  });

  test('is opened when it is redriven', async () => {
    await app.push(sealed({}, stale()));
    const [deadLetter] = await deadLettersOf(app);
    const source = testSources(senders).find(({ id }) => id === 'sealed')!;
    expect(
      decodeKept(deadLetter!.payload, deadLetter!.data_type, source, await loadReceivers(vendors)).payload,
    ).toEqual(senders.query.payload('hello'));
  });

  test('that repeats one is answered as success and not kept twice', async () => {
    const old = sealed({}, stale());
    const reused = at('sealed', another());
    for (const push of [old, old, at('sealed'), reused, reused, at('sealed')])
      expectAnswer(await app.push(push), 200, success);
    expect(app.publisher.records).toHaveLength(3);
  });

  test('continues where the source accepts it, and is counted', async () => {
    const reused = at('lenient', another());
    for (const push of [at('lenient', stale()), at('lenient'), reused])
      expectAnswer(await app.push(push), 200, success);
    expect(app.publisher.records.map(({ topic }) => topic)).toEqual(
      Array(3).fill(`test.raw.${senders.query.id}`),
    );
    expect(app.warnings).toEqual(['stale-timestamp', 'reused-signature']);
  });

  test('is refused where the source refuses it', async () => {
    const reused = at('strict', another());
    expectAnswer(await app.push(at('strict')), 200, success);
    for (const push of [at('strict', stale()), reused])
      expectAnswer(await app.push(push), 401, 'unauthorized');
    expect(app.publisher.records).toHaveLength(1);
  });

  test('is not acknowledged beyond what may be kept of its source; others have their own', async () => {
    const old = (seconds: number) =>
      sealed({}, { payload: Buffer.alloc(300, 'x'), atMs: nowMs - seconds * 1_000 });
    expectAnswer(await app.push(old(301)), 200, success);
    const [full] = [await app.push(old(302)), await app.push(old(303))].reverse();
    expectAnswer(full!, 503, 'try again later', { 'retry-after': '30' });
    expectAnswer(await app.push(inHead({}, { atMs: nowMs - 300_001 })), 200, headSuccess);
    expectAnswer(await app.push(sealed()), 200, success);
    expect(app.refusals).toContain('sealed over-budget');
  });

  test('is not answered as kept while nothing durable took it', async () => {
    app.publisher.answerWith('unavailable');
    const old = sealed({}, stale());
    expectAnswer(await app.push(old), 503, 'try again later', { 'retry-after': '5' });
    app.publisher.answerWith(undefined);
    expectAnswer(await app.push(old), 200, success);
    expect(await deadLettersOf(app)).toHaveLength(1);
  });
});

test('every authentic push of a source has one answer, whatever decryption yields', async () => {
  const { keys, otherKeys, payload, write } = senders.query;
  const { body } = write();
  const pushes = [
    sealed({}, {}, 'strict'),
    sealed({}, { atMs: nowMs - 1_000 }, 'strict-for-others'),
    ...[
      write({ keys: { ...keys, aesKey: otherKeys.aesKey } }).body,
      write({ payload: Buffer.alloc(0) }).body,
      // Ciphertext that is no whole number of blocks, and less than there was.
      ...[1, body.length / 4, body.length / 2].map((length) => body.subarray(0, length)),
      Buffer.from(String(body).replace(/[A-Za-z0-9+/]{40,}/, 'AAAA')),
      payload('hello'),
      'x',
    ].map((changed, at) => sealed({ body: changed }, { atMs: nowMs - (at + 2) * 1_000 }, 'strict')),
  ];
  const answers = await Promise.all(pushes.map((push) => app.push(push)));
  for (const answer of answers) expectAnswer(answer, 200, success);
});

describe('while nothing durable takes it', () => {
  test.each(['queue-full', 'unavailable', 'timed-out', 'too-large'] as const)(
    'a publisher that is %s is 503, with the time to try again; nothing is acknowledged',
    async (outcome) => {
      app.publisher.answerWith(outcome);
      for (const push of [sealed(), inHead(), sealed({ body: 'no envelope' })])
        expectAnswer(await app.push(push), 503, 'try again later', { 'retry-after': '5' });
      expect(app.publisher.records).toEqual([]);
      expect(app.outcomes).toEqual(['sealed unavailable', 'head-sealed unavailable', 'sealed unavailable']);
    },
  );
});

describe('an authentic push that cannot be used is acknowledged and kept with its bytes', () => {
  const decode = createDecoder(() => Promise.resolve(schemaOf('dead-letter')));
  const underAnother = ({ keys, otherKeys }: Sender): Sent => ({
    keys: { ...keys, aesKey: otherKeys.aesKey },
  });

  test.each<[string, () => Push, string]>([
    ['encrypted with another key', () => sealed({}, underAnother(senders.query)), 'UNDECRYPTABLE'],
    ['without encryption', () => sealed({ body: senders.query.payload('hello') }), 'PLAINTEXT'],
    ['of bytes that are no text', () => sealed({ body: Buffer.from([0xff, 0, 0xfe]) }), 'NO_ENVELOPE'],
    ['empty', () => sealed({ body: '' }, {}, 'plain'), 'EMPTY'],
    ['not JSON', () => inHead({ body: '<xml/>' }), 'NOT_JSON'],
    ['empty, signed in headers', () => inHead({ body: '' }), 'EMPTY'],
    [
      'in a part, encrypted with another key',
      () => inHead({}, underAnother(senders.headers)),
      'UNDECRYPTABLE',
    ],
  ])('%s', async (_name, write, reason) => {
    const push = write();
    const isInHead = push.path.startsWith(`/v1/${senders.headers.id}/`);
    expectAnswer(await app.push(push), 200, isInHead ? headSuccess : success);
    const [record, ...others] = app.publisher.records;
    expect(others).toEqual([]);
    expect(record?.topic).toBe('test.dead-letter');
    const deadLetter = await decode('dead-letter', record!.value);
    expect(deadLetter).toMatchObject({
      ok: true,
      value: {
        stage: 'INGRESS',
        reason,
        payload: Buffer.from(push.body as string | Buffer),
        first_seen: nowMs,
      },
    });
    expect(app.outcomes[0]).toMatch(/ dead-lettered$/);
  });

  test('in parts: what opens continues, and each part that does not is kept', async () => {
    const acme: Receiving = {
      ...senders.headers.receiving,
      decode: () => ({
        ...{ payload: Buffer.from('what opened'), dataType: 'call', keyUsed: 'current', warnings: [] },
        undecodable: [{ payload: Buffer.from('the other part'), reason: 'UNDECRYPTABLE', detail: '' }],
      }),
    };
    const partly = await startApp({ receivers: { [senders.headers.id]: acme } });
    expectAnswer(await partly.push(inHead()), 200, headSuccess);
    await partly.serving.stop();
    const byTopic = Object.fromEntries(partly.publisher.records.map(({ topic, value }) => [topic, value]));
    expect(String(byTopic[`test.raw.${senders.headers.id}`])).toBe('what opened');
    const deadLetter = await decode('dead-letter', byTopic['test.dead-letter']!);
    expect(deadLetter.ok && deadLetter.value.payload.toString()).toBe('the other part');
  });
});
