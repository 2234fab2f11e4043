import { readRawHeaders } from '@sluice/raw-event/raw-headers';
import type { Push } from '@sluice/service/testing/push';
import { loadSenders, type Sender, type Sent } from '../testing/senders.ts';
import { limitBytes, nowMs, startApp, type StartedApp } from '../testing/start-app.ts';

/** A vendor that signs its bodies: the proof comes when the body has been read. */
let sender: Sender;
let event: Buffer;
const used: string[] = [];
let app: StartedApp;
beforeAll(async () => {
  sender = (await loadSenders()).body;
  event = sender.payload('hello');
});
beforeEach(async () => {
  used.length = 0;
  app = await startApp({ onKeyUsed: (_source, { kind }, key) => used.push(`${kind} ${key}`) });
});
afterEach(() => app.serving.stop());

const send = (sent: Sent = {}, change: Partial<Push> = {}) =>
  app.push(sender.push('signed-body', sent, change));

test('a push that its body proves is acknowledged and published, byte for byte', async () => {
  expect(await send()).toMatchObject({ status: 200, body: sender.receiving.acknowledgement });
  expect(used).toEqual(['token current']);
  const [record] = app.publisher.records;
  expect([record?.topic, record?.value]).toEqual([`test.raw.${sender.id}`, event]);
  expect(readRawHeaders(record!.headers)).toMatchObject({ vendor: sender.id });
});

test('the former key passes while both live', async () => {
  expect(await send({ keys: sender.otherKeys })).toMatchObject({ status: 200 });
  expect(used).toEqual(['token previous']);
});

test('another body under a signature is refused as any other push, and nothing is kept of it', async () => {
  const answer = await send({}, { body: sender.payload('another') });
  expect(answer).toMatchObject({ status: 401, body: 'unauthorized' });
  expect([app.publisher.records, used]).toEqual([[], []]);
  expect(app.refusals).toEqual(['signed-body signature']);
});

test('a head without a signature is refused before its body is read', async () => {
  const { status } = await send({}, { body: 'x'.repeat(2 * limitBytes), headers: {} });
  expect([status, app.refusals]).toEqual([401, ['signed-body signature']]);
});

test('an exact repetition is acknowledged again and not stored twice', async () => {
  for (let time = 0; time < 3; time += 1) expect(await send()).toMatchObject({ status: 200 });
  expect(app.publisher.records).toHaveLength(1);
  expect(app.outcomes).toEqual(['signed-body published', 'signed-body repeated', 'signed-body repeated']);
});

test('different pushes are told apart by signatures that are not hexadecimal', async () => {
  for (let id = 0; id < 50; id += 1)
    expect(await send({ payload: sender.payload(`event ${id}`) })).toMatchObject({ status: 200 });
  expect(app.outcomes).toEqual(Array.from({ length: 50 }, () => 'signed-body published'));
});

test('a stale one is kept apart when its signature is good, and refused when it is not', async () => {
  const stale: Sent = { atMs: nowMs - 301_000 };
  expect(await send(stale)).toMatchObject({ status: 200 });
  expect(app.outcomes).toEqual(['signed-body kept-apart']);
  expect(await send(stale, { body: `${String(event)} ` })).toMatchObject({ status: 401 });
  expect(app.publisher.records).toHaveLength(1);
});

test('what is no event is a dead letter, once it is proven', async () => {
  expect(await send({ payload: Buffer.from('hello') })).toMatchObject({ status: 200 });
  expect(app.outcomes).toEqual(['signed-body dead-lettered']);
});
