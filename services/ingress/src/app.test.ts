import { createDecoder, schemaOf } from '@sluice/canonical-event/avro-codec';
import { readRawHeaders } from '@sluice/raw-event/raw-headers';
import { now, nowMs, startApp, type StartedApp } from './testing/start-app.ts';
import {
  echatEnvelope,
  echatQuery,
  pathSecret,
  sobotCall,
  sobotEnvelope,
  sobotHeaders,
} from './testing/test-sources.ts';
import type { Answer, Push } from './testing/push.ts';

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
function expectAnswer(answer: Answer, status: number, body: string, further: Record<string, string> = {}) {
  const { date, connection, 'keep-alive': _keepAlive, ...headers } = answer.headers;
  expect({ status: answer.status, body: answer.body, headers }).toEqual({
    status,
    body,
    headers: { 'content-type': 'text/plain', 'content-length': String(body.length), ...further },
  });
  expect([date, connection]).toEqual([expect.any(String), expect.any(String)]);
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

  test('with a stale timestamp is taken and counted, where the source accepts it', async () => {
    expectAnswer(await app.push(echat({}, echatQuery(now - 301))), 200, 'success');
    expectAnswer(await app.push(sobot({ headers: sobotHeaders(nowMs - 300_001) })), 200, '');
    expect(app.oddities).toEqual(['stale-timestamp', 'stale-timestamp']);
  });

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
    app.publisher.answerWith('away');
    expectAnswer(await app.push(sealed), 503, 'try again later', { 'retry-after': '5' });
    app.publisher.answerWith(undefined);
    expectAnswer(await app.push(sealed), 200, 'success');
    expect(app.publisher.records).toHaveLength(1);
  });

  test('whose signature came with another body is taken and counted', async () => {
    const query = echatQuery(now);
    expectAnswer(await app.push(echat({}, query)), 200, 'success');
    expectAnswer(await app.push(echat({ body: echatEnvelope('<xml>2</xml>') }, query)), 200, 'success');
    expect(app.oddities).toEqual(['reused-signature']);
    expect(app.publisher.records).toHaveLength(2);
  });

  test('of a foreign app is kept and counted, where the source keeps it', async () => {
    expectAnswer(await app.push(echat({ body: echatEnvelope('<xml/>', 'another') })), 200, 'success');
    expect(app.oddities).toEqual(['foreign-app-id']);
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
    ['a stale timestamp of Echat', echat({ path: `/v1/echat/echat-strict?${echatQuery(now - 301)}` }), 401, 'unauthorized'], // prettier-ignore
    ['a timestamp of the future', echat({ path: `/v1/echat/echat-strict?${echatQuery(now + 301)}` }), 401, 'unauthorized'], // prettier-ignore
    ['a stale timestamp of Sobot', sobot({ path: '/v1/sobot/sobot-strict', headers: sobotHeaders(nowMs - 300_001) }), 401, 'unauthorized'], // prettier-ignore
    ['a timestamp of an odd form', echat({}, echatQuery(`${now}.0`)), 401, 'unauthorized'],
    ['an unknown source', echat({ path: `/v1/echat/nobody?${echatQuery(now)}` }), 404, 'not found'],
    ['a name that every object has', echat({ path: '/v1/echat/__proto__' }), 404, 'not found'],
    ['the other vendor', echat({ path: `/v1/sobot/echat-sealed?${echatQuery(now)}` }), 404, 'not found'],
    ['no path secret', open({ path: '/v1/sobot/sobot-open' }), 404, 'not found'],
    ['a wrong path secret', open({ path: `/v1/sobot/sobot-open/${pathSecret}x` }), 404, 'not found'],
    ['a path secret where there is none', echat({ path: `/v1/echat/echat-sealed/x?${echatQuery(now)}` }), 404, 'not found'], // prettier-ignore
    ['an address that is not listed', echat({ path: `/v1/echat/echat-inside?${echatQuery(now)}` }), 403, 'forbidden'], // prettier-ignore
    ['a header that claims a listed address', echat({ path: `/v1/echat/echat-inside?${echatQuery(now)}`, headers: { 'x-forwarded-for': '10.1.2.3' } }), 403, 'forbidden'], // prettier-ignore
    ['an app that the source refuses', echat({ path: `/v1/echat/echat-strict?${echatQuery(now)}`, body: echatEnvelope('<xml/>', 'another') }), 403, 'forbidden'], // prettier-ignore
    ['a repeated query parameter', echat({}, `${echatQuery(now)}&nonce=aNonce`), 400, 'bad request'],
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

  test('an unknown source, a wrong vendor, a wrong secret and another path look alike', async () => {
    const answers = await Promise.all(
      ['/v1/sobot/nobody/x', '/v1/echat/sobot-open/x', '/v1/sobot/sobot-open/x', '/nowhere'].map((path) =>
        app.push({ path }),
      ),
    );
    const shown = answers.map(({ status, headers: { date: _date, ...headers }, body }) => ({
      status,
      headers,
      body,
    }));
    expect(new Set(shown.map((one) => JSON.stringify(one))).size).toBe(1);
  });

  test('behind a proxy the address is the one that the proxy saw', async () => {
    const behind = await startApp(1);
    const path = `/v1/echat/echat-inside?${echatQuery(now)}`;
    const from = (address: string) => behind.push(echat({ path, headers: { 'x-forwarded-for': address } }));
    expectAnswer(await from('10.1.2.3'), 200, 'success');
    expectAnswer(await from('::ffff:10.1.2.3'), 200, 'success');
    expectAnswer(await from('11.1.2.3'), 403, 'forbidden');
    expectAnswer(await from('10.1.2.3, 11.1.2.3'), 403, 'forbidden');
    expectAnswer(await from('nonsense'), 403, 'forbidden');
    await behind.serving.stop();
  });
});

describe('while nothing durable takes it', () => {
  test.each(['full', 'away', 'expired', 'too-large'] as const)(
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
    ['without an envelope', echat({ body: '<xml><a>1</a></xml>' }), 'NO_ENVELOPE', 'success'],
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
    const letter = await decode('dead-letter', record!.value);
    expect(letter).toMatchObject({
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

  test('of a calllog the elements that open go on, and each of the others is kept', async () => {
    const calls = [sobotCall('{"a":1}'), sobotCall('{"b":2}', 'fedcba0987654321'), sobotCall('{"c":3}')];
    const body = `{"type":"calllog","content":${JSON.stringify(calls)}}`;
    expectAnswer(await app.push(sobot({ body })), 200, '');
    const byTopic = Object.fromEntries(app.publisher.records.map(({ topic, value }) => [topic, value]));
    expect(String(byTopic['test.raw.sobot'])).toBe('{"type":"calllog","content":[{"a":1},{"c":3}]}');
    const letter = await decode('dead-letter', byTopic['test.dead-letter']!);
    expect(letter.ok && letter.value.payload.toString()).toBe(
      `{"type":"calllog","content":[${JSON.stringify(calls[1])}]}`,
    );
  });
});
