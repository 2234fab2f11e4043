import { createDecoder, schemaOf } from '@sluice/canonical-event/avro-codec';
import { readRawHeaders } from '@sluice/raw-event/raw-headers';
import { loadReceivers } from '@sluice/vendor-kit/vendor';
import { vendors } from '@sluice/vendors';
import { now, nowMs, startApp, type StartedApp } from '../testing/start-app.ts';
import {
  echatEnvelope,
  echatQuery,
  pathSecret,
  sobotCall,
  sobotEnvelope,
  sobotHeaders,
  sources,
} from '../testing/test-sources.ts';
import type { PushResponse, Push } from '../testing/push.ts';
import { decodeKept } from './decode-kept.ts';

let app: StartedApp;
beforeEach(async () => {
  app = await startApp();
});
afterEach(() => app.serving.stop());

const echat = (change: Partial<Push> = {}, query = echatQuery(now)): Push => ({
  path: `/v1/echat/echat-sealed?${query}`,
  body: echatEnvelope('<xml>hello</xml>'),
  ...change,
});
const sobot = (change: Partial<Push> = {}): Push => ({
  path: '/v1/sobot/sobot-sealed',
  headers: sobotHeaders(nowMs),
  body: sobotEnvelope('[{"cid":"1"}]'),
  ...change,
});
const open = (change: Partial<Push> = {}): Push => ({
  path: `/v1/sobot/sobot-open/${pathSecret}`,
  body: '{"type":"msg","content":[]}',
  ...change,
});

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
  test('of Echat is answered with success, and its message is published as it was encrypted', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    expectAnswer(await app.push(echat({ headers: { traceparent } })), 200, 'success');
    const [record] = app.publisher.records;
    expect(record).toMatchObject({ topic: 'test.raw.echat', value: Buffer.from('<xml>hello</xml>') });
    const bytes = Object.entries(record!.headers).map(([name, value]) => [name, Buffer.from(value)] as const);
    expect(readRawHeaders(Object.fromEntries(bytes))).toMatchObject({
      sourceId: 'echat-sealed',
      vendor: 'echat',
      dataType: 'chatStart',
      receivedAtMs: nowMs,
      keyUsed: 'current',
      signed: true,
      encrypted: true,
      traceparent,
    });
    expect(app.outcomes).toEqual(['echat-sealed published']);
  });

  test('of Sobot is answered with nothing: a text would be read as an error', async () => {
    expectAnswer(await app.push(sobot()), 200, '');
    expect(app.publisher.records).toMatchObject([
      {
        topic: 'test.raw.sobot',
        value: Buffer.from('{"sys_code":"21","type":"msg","content":[{"cid":"1"}]}'),
      },
    ]);
  });

  test.each([pathSecret, 'an-old-one'])(
    'of an unsigned source has its secret, here %s, in the path',
    async (secret) => {
      expectAnswer(await app.push(open({ path: `/v1/sobot/sobot-open/${secret}` })), 200, '');
    },
  );

  test('that repeats one is answered alike, and is not stored twice', async () => {
    const [sealed, plain] = [echat(), sobot()];
    for (const repeated of [sealed, sealed, plain, plain])
      expectAnswer(await app.push(repeated), 200, repeated === sealed ? 'success' : '');
    expect(app.publisher.records).toHaveLength(2);
    expect(app.outcomes.map((outcome) => outcome.replace(/^\S+ /, ''))).toEqual([
      'published',
      'repeated',
      'published',
      'repeated',
    ]);
  });

  test('that was not durable is no repetition when it comes again', async () => {
    const sealed = echat();
    app.publisher.answerWith('unavailable');
    expectAnswer(await app.push(sealed), 503, 'try again later', { 'retry-after': '5' });
    app.publisher.answerWith(undefined);
    expectAnswer(await app.push(sealed), 200, 'success');
    expect(app.publisher.records).toHaveLength(1);
  });

  test('of an unlisted app continues with its id and is counted, where the source accepts it', async () => {
    expectAnswer(await app.push(echat({ body: echatEnvelope('<xml/>', 'another') })), 200, 'success');
    expect(app.warnings).toEqual(['unlisted-id']);
    expect(app.publisher.records[0]?.headers).toMatchObject({ 'sluice-unlisted-app-id': 'another' });
  });

  test.each([
    ['text/xml; charset=GBK', 'text/xml; charset=GBK'],
    ['text/xml;\tcharset=GBK', 'application/xml'],
    ['x'.repeat(129), 'application/xml'],
    ['', 'application/xml'],
  ])('continues with its content type, where it says one that may be in a header: %s', async (sent, kept) => {
    await app.push(echat({ headers: { 'content-type': sent } }));
    expect(app.publisher.records[0]?.headers).toMatchObject({ 'content-type': kept });
  });

  test('is not answered before its record is durable', async () => {
    app.publisher.hold();
    let answered = false;
    const answer = app.push(echat()).then((received) => {
      answered = true;
      return received;
    });
    while (app.publisher.inFlight().records === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    // Another push goes round trip meanwhile; the first one is still unanswered.
    expectAnswer(await app.push({ path: '/', method: 'GET' }), 404, 'not found');
    expect(answered).toBe(false);
    app.publisher.release();
    expectAnswer(await answer, 200, 'success');
  });
});

const good = new URLSearchParams(echatQuery(now)).get('signature')!;
const signed = (signature: string) => echat({}, echatQuery(now, { signature }));
const withoutSign = sobotHeaders(nowMs);
delete withoutSign['x-log-sign'];

describe('a refused push stores nothing', () => {
  test.each<[string, Push, number, string]>([
    ['a wrong signature', signed('0'.repeat(40)), 401, 'unauthorized'],
    ['no signature', echat({ path: '/v1/echat/echat-sealed' }), 401, 'unauthorized'],
    ['an empty signature', signed(''), 401, 'unauthorized'],
    ['an upper-case signature', signed(good.toUpperCase()), 401, 'unauthorized'],
    ['a signature that is too long', signed(`${good}0`), 401, 'unauthorized'],
    ['a signature that is far too long', signed(good.repeat(200)), 401, 'unauthorized'],
    ['a signature of other characters', signed('é'.repeat(20)), 401, 'unauthorized'],
    ['no signature of Sobot', sobot({ headers: withoutSign }), 401, 'unauthorized'],
    ['a signature in the wrong place', sobot({ headers: {}, path: `/v1/sobot/sobot-sealed?${new URLSearchParams(sobotHeaders(nowMs)).toString()}` }), 401, 'unauthorized'], // prettier-ignore
    ['another time than was signed', sobot({ headers: { ...sobotHeaders(nowMs), 'x-log-timestamp': String(nowMs + 1) } }), 401, 'unauthorized'], // prettier-ignore
    ['a stale timestamp, by the policy,', echat({ path: `/v1/echat/echat-strict?${echatQuery(now - 301)}` }), 401, 'unauthorized'], // prettier-ignore
    ['a timestamp of the future', echat({ path: `/v1/echat/echat-strict?${echatQuery(now + 301)}` }), 401, 'unauthorized'], // prettier-ignore
    ['a stale timestamp of Sobot, by the policy,', sobot({ path: '/v1/sobot/sobot-strict', headers: sobotHeaders(nowMs - 300_001) }), 401, 'unauthorized'], // prettier-ignore
    ['a timestamp of an odd form', echat({}, echatQuery(`${now}.0`)), 401, 'unauthorized'],
    ['an unknown source', echat({ path: `/v1/echat/nobody?${echatQuery(now)}` }), 401, 'unauthorized'],
    ['a name that every object has', echat({ path: '/v1/echat/__proto__' }), 401, 'unauthorized'],
    ['the other vendor', echat({ path: `/v1/sobot/echat-sealed?${echatQuery(now)}` }), 401, 'unauthorized'],
    ["a staff page's path with the other vendor", echat({ path: `/v1/sobot/echat-sealed/staff-actions` }), 401, 'unauthorized'], // prettier-ignore
    ['no path secret', open({ path: '/v1/sobot/sobot-open' }), 401, 'unauthorized'],
    ['a wrong path secret', open({ path: `/v1/sobot/sobot-open/${pathSecret}x` }), 401, 'unauthorized'],
    ['a path secret where there is none', echat({ path: `/v1/echat/echat-sealed/x?${echatQuery(now)}` }), 401, 'unauthorized'], // prettier-ignore
    ['an address that is not listed', echat({ path: `/v1/echat/echat-inside?${echatQuery(now)}` }), 401, 'unauthorized'], // prettier-ignore
    ['a header that claims a listed address', echat({ path: `/v1/echat/echat-inside?${echatQuery(now)}`, headers: { 'x-forwarded-for': '10.1.2.3' } }), 401, 'unauthorized'], // prettier-ignore
    ['a repeated query parameter', echat({}, `${echatQuery(now)}&nonce=aNonce`), 401, 'unauthorized'],
    ['GET', echat({ method: 'GET', body: '' }), 404, 'not found'],
    ['PUT', echat({ method: 'PUT' }), 404, 'not found'],
    ['another path', { path: '/' }, 404, 'not found'],
  ])('%s', async (_name, push, status, text) => {
    expectAnswer(await app.push(push), status, text);
    expect(app.publisher.records).toEqual([]);
    expect(app.outcomes).toHaveLength(1);
    expect(app.refusals).toHaveLength(1);
  });

  test.each([
    ['signature', signed('0'.repeat(40))],
    ['address', echat({ path: `/v1/echat/echat-inside?${echatQuery(now)}` })],
    ['path-secret', open({ path: '/v1/sobot/sobot-open' })],
    ['unknown-path', { path: '/' }],
    ['repeated-parameter', echat({}, `${echatQuery(now)}&nonce=aNonce`)],
  ])('is counted with its reason, %s', async (reason, push) => {
    await app.push(push);
    expect(app.refusals.map((refusal) => refusal.split(' ').at(-1))).toEqual([reason]);
  });

  test('whatever is wrong, the answer is one and the same', async () => {
    const inside = `/v1/echat/echat-inside?${echatQuery(now)}`;
    const answers = await Promise.all(
      [
        '/v1/sobot/nobody/x',
        '/v1/echat/sobot-open/x',
        '/v1/sobot/sobot-open/x',
        '/v1/echat/echat-sealed',
        inside,
        `${inside}&nonce=x`,
        `/v1/echat/echat-strict?${echatQuery(now - 301)}`,
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
    const path = `/v1/echat/echat-inside?${echatQuery(now)}`;
    const answer = await behind.push(echat({ path, headers: { 'x-forwarded-for': seen } }));
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
  const at = (id: string, change: Partial<Push> = {}, timestamp = now): Push =>
    echat({ path: `/v1/echat/${id}?${echatQuery(timestamp)}`, ...change });

  test('with a stale timestamp is acknowledged and kept apart as it was received', async () => {
    const [old, ahead] = [
      echat({}, echatQuery(now - 301)),
      sobot({ headers: sobotHeaders(nowMs + 300_001) }),
    ];
    expectAnswer(await app.push(old), 200, 'success');
    expectAnswer(await app.push(ahead), 200, '');
    expect(await deadLettersOf(app)).toMatchObject([
      { reason: 'STALE', payload: old.body, source_id: 'echat-sealed', data_type: 'chatStart', topic: '' },
      { reason: 'STALE', payload: ahead.body, source_id: 'sobot-sealed' },
    ]);
    expect(app.warnings).toEqual(['stale-timestamp', 'stale-timestamp']);
    expect(app.outcomes).toEqual(['echat-sealed kept-apart', 'sobot-sealed kept-apart']);
  });

  test('with the signature of another body is acknowledged and kept apart', async () => {
    const other = at('echat-sealed', { body: echatEnvelope('<xml>2</xml>') });
    for (const push of [at('echat-sealed'), other]) expectAnswer(await app.push(push), 200, 'success');
    expect(await deadLettersOf(app)).toMatchObject([{ reason: 'REUSED_SIGNATURE', payload: other.body }]);
    expect(app.publisher.records).toHaveLength(2);
  });

  test('is opened when it is redriven', async () => {
    await app.push(echat({}, echatQuery(now - 301)));
    const [deadLetter] = await deadLettersOf(app);
    const source = sources.find(({ id }) => id === 'echat-sealed')!;
    expect(
      decodeKept(
        deadLetter!.payload,
        deadLetter!.data_type,
        source,
        await loadReceivers(vendors),
      ).payload?.toString(),
    ).toBe('<xml>hello</xml>');
  });

  test('that repeats one is answered as success and not kept twice', async () => {
    const stale = echat({}, echatQuery(now - 301));
    const reused = at('echat-sealed', { body: echatEnvelope('<xml>2</xml>') });
    for (const push of [stale, stale, at('echat-sealed'), reused, reused, at('echat-sealed')])
      expectAnswer(await app.push(push), 200, 'success');
    expect(app.publisher.records).toHaveLength(3);
  });

  test('continues where the source accepts it, and is counted', async () => {
    const reused = at('echat-lenient', { body: echatEnvelope('<xml>2</xml>') });
    for (const push of [at('echat-lenient', {}, now - 301), at('echat-lenient'), reused])
      expectAnswer(await app.push(push), 200, 'success');
    expect(app.publisher.records.map(({ topic }) => topic)).toEqual(Array(3).fill('test.raw.echat'));
    expect(app.warnings).toEqual(['stale-timestamp', 'reused-signature']);
  });

  test('is refused where the source refuses it', async () => {
    const reused = at('echat-strict', { body: echatEnvelope('<xml>2</xml>') });
    expectAnswer(await app.push(at('echat-strict')), 200, 'success');
    for (const push of [at('echat-strict', {}, now - 301), reused])
      expectAnswer(await app.push(push), 401, 'unauthorized');
    expect(app.publisher.records).toHaveLength(1);
  });

  test('is not acknowledged beyond what may be kept of its source; others have their own', async () => {
    const stale = (seconds: number) =>
      echat({ body: echatEnvelope('x'.repeat(300)) }, echatQuery(now - seconds));
    expectAnswer(await app.push(stale(301)), 200, 'success');
    const [full] = [await app.push(stale(302)), await app.push(stale(303))].reverse();
    expectAnswer(full!, 503, 'try again later', { 'retry-after': '30' });
    expectAnswer(await app.push(sobot({ headers: sobotHeaders(nowMs - 300_001) })), 200, '');
    expectAnswer(await app.push(echat()), 200, 'success');
    expect(app.refusals).toContain('echat-sealed over-budget');
  });

  test('is not answered as kept while nothing durable took it', async () => {
    app.publisher.answerWith('unavailable');
    const stale = echat({}, echatQuery(now - 301));
    expectAnswer(await app.push(stale), 503, 'try again later', { 'retry-after': '5' });
    app.publisher.answerWith(undefined);
    expectAnswer(await app.push(stale), 200, 'success');
    expect(await deadLettersOf(app)).toHaveLength(1);
  });
});

test('every authentic push of a source has one answer, whatever decryption yields', async () => {
  const change = (body: Buffer | string, seconds: number) =>
    app.push(echat({ path: `/v1/echat/echat-strict?${echatQuery(now - seconds)}`, body }));
  const bodies = [
    echatEnvelope('<xml/>'),
    echatEnvelope('<xml/>', 'another'),
    echatEnvelope('<xml/>', '520001', 'B'.repeat(43)),
    echatEnvelope(''),
    '<xml><Encrypt>AAAA</Encrypt></xml>',
    '<xml/>',
    'x',
  ];
  const answers = await Promise.all(bodies.map(change));
  for (const answer of answers) expectAnswer(answer, 200, 'success');
});

describe('while nothing durable takes it', () => {
  test.each(['queue-full', 'unavailable', 'timed-out', 'too-large'] as const)(
    'a publisher that is %s is 503, with the time to try again; nothing is acknowledged',
    async (outcome) => {
      app.publisher.answerWith(outcome);
      for (const push of [echat(), sobot(), echat({ body: 'no envelope' })])
        expectAnswer(await app.push(push), 503, 'try again later', { 'retry-after': '5' });
      expect(app.publisher.records).toEqual([]);
      expect(app.outcomes).toEqual([
        'echat-sealed unavailable',
        'sobot-sealed unavailable',
        'echat-sealed unavailable',
      ]);
    },
  );
});

describe('an authentic push that cannot be used is acknowledged and kept with its bytes', () => {
  const decode = createDecoder(() => Promise.resolve(schemaOf('dead-letter')));
  const plain = (body: string) => echat({ path: `/v1/echat/echat-plain?${echatQuery(now)}`, body });
  const otherKey = 'B'.repeat(43);

  test.each<[string, Push, string, string]>([
    [
      'encrypted with another key',
      echat({ body: echatEnvelope('<xml/>', 'x', otherKey) }),
      'UNDECRYPTABLE',
      'success',
    ],
    ['without encryption', echat({ body: '<xml><a>1</a></xml>' }), 'PLAINTEXT', 'success'],
    ['of bytes that are no text', echat({ body: Buffer.from([0xff, 0, 0xfe]) }), 'NO_ENVELOPE', 'success'],
    ['empty', plain(''), 'EMPTY', 'success'],
    ['not JSON', sobot({ body: '<xml/>' }), 'NOT_JSON', ''],
    ['an empty Sobot push', sobot({ body: '' }), 'EMPTY', ''],
    [
      'Sobot content under another key',
      sobot({ body: sobotEnvelope('[{}]', 'fedcba0987654321') }),
      'UNDECRYPTABLE',
      '',
    ],
  ])('%s', async (_name, push, reason, acknowledgement) => {
    expectAnswer(await app.push(push), 200, acknowledgement);
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

  test('of a calllog the elements that open continue, and each of the others is kept', async () => {
    const calls = [sobotCall('{"a":1}'), sobotCall('{"b":2}', 'fedcba0987654321'), sobotCall('{"c":3}')];
    const body = `{"type":"calllog","content":${JSON.stringify(calls)}}`;
    expectAnswer(await app.push(sobot({ body })), 200, '');
    const byTopic = Object.fromEntries(app.publisher.records.map(({ topic, value }) => [topic, value]));
    expect(String(byTopic['test.raw.sobot'])).toBe('{"type":"calllog","content":[{"a":1},{"c":3}]}');
    const deadLetter = await decode('dead-letter', byTopic['test.dead-letter']!);
    expect(deadLetter.ok && deadLetter.value.payload.toString()).toBe(
      `{"type":"calllog","content":[${JSON.stringify(calls[1])}]}`,
    );
  });
});
