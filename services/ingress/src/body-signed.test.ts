import { createHmac } from 'node:crypto';
import { readRawHeaders } from '@sluice/raw-event/raw-headers';
import { Secret } from '@sluice/service/secret';
import type { Source } from '@sluice/sources/source';
import { limitBytes, nowMs, startApp, type StartedApp } from '../testing/start-app.ts';
import { sources } from '../testing/test-sources.ts';

/** A vendor that signs its bodies: the proof comes when the body has been read. */
const secret = 'a secret of a webhook of thirty-two bytes';
const source: Source = {
  ...sources[0]!,
  id: 'signed-body',
  vendor: 'zendesk',
  token: { current: new Secret(secret), previous: new Secret('the former secret, of thirty-two bytes') },
  aesKey: null,
  pathSecret: null,
  addresses: [],
  freshnessMs: 300_000,
  staff: null,
  settings: { accountIds: [] },
};
const used: string[] = [];
let app: StartedApp;
beforeEach(async () => {
  used.length = 0;
  app = await startApp({
    findSource: (id) => (id === source.id ? source : undefined),
    onKeyUsed: (_source, { kind }, key) => used.push(`${kind} ${key}`),
  });
});
afterEach(() => app.serving.stop());

const event = '{"type":"zen:event-type:ticket.created","subject":"zen:ticket:35436","id":"1"}';
const headersOf = (body: string, atMs = nowMs, by = secret): Record<string, string> => {
  const timestamp = new Date(atMs).toISOString();
  return {
    'x-zendesk-webhook-signature': createHmac('sha256', by).update(timestamp).update(body).digest('base64'),
    'x-zendesk-webhook-signature-timestamp': timestamp,
  };
};
const path = '/v1/zendesk/signed-body';
const send = (body: string, headers = headersOf(body)) => app.push({ path, body, headers });

test('a push that its body proves is acknowledged and published, byte for byte', async () => {
  expect(await send(event)).toMatchObject({ status: 200, body: '' });
  expect(used).toEqual(['token current']);
  const [record] = app.publisher.records;
  expect([record?.topic, String(record?.key), String(record?.value)]).toEqual([
    `${source.stream}.raw.zendesk`,
    'signed-body/35436',
    event,
  ]);
  expect(readRawHeaders(record!.headers as Record<string, Buffer>)).toMatchObject({
    vendor: 'zendesk',
    dataType: 'ticket.created',
  });
});

test('the former key passes while both live', async () => {
  const by = source.token!.previous!.reveal();
  expect(await send(event, headersOf(event, nowMs, by))).toMatchObject({ status: 200 });
  expect(used).toEqual(['token previous']);
});

test('another body under a signature is refused as any other push, and nothing is kept of it', async () => {
  const answer = await send(event.replace('created', 'merged'), headersOf(event));
  expect(answer).toMatchObject({ status: 401, body: 'unauthorized' });
  expect([app.publisher.records, used]).toEqual([[], []]);
  expect(app.refusals).toEqual(['signed-body signature']);
});

test('a head without a signature is refused before its body is read', async () => {
  const { status } = await app.push({ path, body: 'x'.repeat(2 * limitBytes), headers: {} });
  expect([status, app.refusals]).toEqual([401, ['signed-body signature']]);
});

test('an exact repetition is acknowledged again and not stored twice', async () => {
  for (let time = 0; time < 3; time += 1) expect(await send(event)).toMatchObject({ status: 200 });
  expect(app.publisher.records).toHaveLength(1);
  expect(app.outcomes).toEqual(['signed-body published', 'signed-body repeated', 'signed-body repeated']);
});

test('different pushes are told apart by signatures that are not hexadecimal', async () => {
  for (let id = 0; id < 50; id += 1)
    expect(await send(event.replace('35436', String(id)))).toMatchObject({ status: 200 });
  expect(app.outcomes).toEqual(Array.from({ length: 50 }, () => 'signed-body published'));
});

test('a stale one is kept apart when its signature is good, and refused when it is not', async () => {
  const headers = headersOf(event, nowMs - 300_001);
  expect(await send(event, headers)).toMatchObject({ status: 200 });
  expect(app.outcomes).toEqual(['signed-body kept-apart']);
  expect(await send(`${event} `, headers)).toMatchObject({ status: 401 });
  expect(app.publisher.records).toHaveLength(1);
});

test('what is no event is a dead letter, once it is proven', async () => {
  expect(await send('hello')).toMatchObject({ status: 200 });
  expect(app.outcomes).toEqual(['signed-body dead-lettered']);
});
