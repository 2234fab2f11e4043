import { traced } from '@sluice/telemetry/testing/traced';
import type { ReceivedSpan } from '@sluice/telemetry/testing/otlp-receiver';
import type { Push } from '@sluice/service/testing/push';
import { loadSenders, type Senders, type Sent } from '../testing/senders.ts';
import { nowMs, startApp, type StartedApp } from '../testing/start-app.ts';
import { pageToken, pathSecret } from '../testing/test-sources.ts';

let tracing: Awaited<ReturnType<typeof traced>>;
let app: StartedApp;
let senders: Senders;
beforeAll(async () => {
  senders = await loadSenders();
});
beforeEach(async () => {
  tracing = await traced();
  app = await startApp({ tracing: tracing.tracing });
});
afterEach(() => app.serving.stop());

const traceId = '0af7651916cd43dd8448eb211c80319c';
const callersId = 'b7ad6b7169203331';
const sealed = (change: Partial<Push> = {}, sent: Sent = {}): Push =>
  senders.query.push('sealed', sent, change);

/** What the trace context of the records says that were published. */
const published = (): string[] =>
  app.publisher.records.map(({ headers }) => String(headers.traceparent ?? ''));
const contextOf = (span: ReceivedSpan | undefined): string =>
  `00-${span?.traceId ?? ''}-${span?.spanId ?? ''}-01`;

test("a push is a span below its caller's, and its record continues with it", async () => {
  const { id, receiving } = senders.query;
  const { query } = senders.query.write();
  await app.push(sealed({ headers: { traceparent: `00-${traceId}-${callersId}-01` } }));
  const spans = await tracing.finish();
  expect(spans).toMatchObject([
    { name: `push ${id}`, kind: 'server', traceId, parentId: callersId, failed: false },
  ]);
  expect(spans[0]?.attributes).toEqual({
    'http.request.method': 'POST',
    'http.route': '/v1/:vendor/:source{/:secret}',
    'http.response.status_code': 200,
    'sluice.source': 'sealed',
    'sluice.vendor': id,
    'sluice.data_type': receiving.dataTypeOf({ query, header: () => undefined }),
    'sluice.outcome': 'published',
  });
  expect(published()).toEqual([contextOf(spans[0])]);
});

test('a push without a trace begins one; a repetition is a span without a record', async () => {
  const push = senders.headers.push('head-sealed');
  await app.push(push);
  await app.push(push);
  const spans = await tracing.finish();
  expect(spans.map(({ parentId, attributes }) => [parentId, attributes['sluice.outcome']])).toEqual([
    ['', 'published'],
    ['', 'repeated'],
  ]);
  expect(published()).toEqual([contextOf(spans[0])]);
});

test('what is refused leaves no span; nothing secret and nothing of the payload is in any', async () => {
  await app.push(sealed({}, { query: { [senders.query.testing.signed.signature]: '1' } }));
  await app.push({
    path: `/v1/${senders.headers.id}/open/${pathSecret}`,
    body: senders.headers.payload('13800138000'),
  });
  const spans = await tracing.finish();
  expect(spans).toHaveLength(1);
  const text = JSON.stringify(spans);
  for (const secret of [pathSecret, '13800138000']) expect(text).not.toContain(secret);
});

test('what cannot be used tells why, and a push that nothing took is a failure', async () => {
  await app.push(sealed({ body: senders.query.write().body.subarray(0, 40) }));
  app.publisher.answerWith('unavailable');
  await app.push(sealed({}, { atMs: nowMs + 1_000 }));
  const spans = await tracing.finish();
  expect(spans).toMatchObject([
    {
      failed: false,
      attributes: {
        'sluice.outcome': 'dead-lettered',
        'sluice.dead_letter.reason': expect.any(String) as string,
      },
    },
    {
      failed: true,
      attributes: {
        'sluice.outcome': 'unavailable',
        'http.response.status_code': 503,
        'error.type': '503',
      },
    },
  ]);
});

test('a batch of staff actions is a span too; a signature for a page is not', async () => {
  const headers = { authorization: `Bearer ${pageToken}` };
  await app.push({ method: 'GET', path: `/v1/${senders.query.id}/staff/js-sdk/config`, headers });
  await app.push({
    path: `/v1/${senders.query.id}/staff/staff-actions`,
    headers,
    body: '{"sdk":"1.0.0","actions":[{"id":"1","action":"connect"}]}',
  });
  const spans = await tracing.finish();
  expect(spans).toMatchObject([
    {
      name: 'push staff actions',
      attributes: {
        'http.route': '/v1/:vendor/:source/staff-actions',
        'http.response.status_code': 204,
        'sluice.source': 'staff',
        'sluice.outcome': 'published',
      },
    },
  ]);
  expect(published()).toEqual([contextOf(spans[0])]);
});
