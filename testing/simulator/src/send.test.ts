import type { Push } from './push.ts';
import { seededRandom } from './random.ts';
import { sealPushes } from './seal-push.ts';
import { sendTraffic, type SendClock, type SendOptions } from './send.ts';
import type { SendCounts } from './send-ledger.ts';
import { takeFirst } from './take-first.ts';
import {
  acknowledge,
  startGateway,
  type Reply,
  type SeenRequest,
  type TestGateway,
} from './testing/gateway.ts';
import { testSources } from './testing/test-sources.ts';
import { generateTraffic } from './traffic.ts';

const now = () => 1_790_000_000_000;
const pushes: readonly Push[] = [
  ...sealPushes(
    takeFirst(generateTraffic({ sources: testSources, seed: 'send', run: '1', now }), 200),
    testSources,
    {
      now,
      random: seededRandom('send'),
    },
  ),
];

/** Time that passes only by waiting, at once, and for all who wait: their waits add up. */
function skippingClock(): SendClock & { readonly waits: number[] } {
  let time = 0;
  const waits: number[] = [];
  return {
    waits,
    now: () => time,
    wait: (ms) => {
      waits.push(ms);
      time += ms;
      return Promise.resolve();
    },
  };
}

let gateway: TestGateway | undefined;
afterEach(async () => {
  await gateway?.close();
  gateway = undefined;
});

async function send(reply: (request: SeenRequest) => Reply, options: Partial<SendOptions> = {}) {
  gateway = await startGateway(reply);
  const clock = skippingClock();
  const ledger = await sendTraffic({
    ...{
      baseUrl: gateway.baseUrl,
      pushes,
      connections: 8,
      resendShare: 0,
      resealShare: 0,
      retryForMs: 1e9,
      clock,
    },
    ...options,
  });
  const counts: (keyof SendCounts)[] = [
    'sent',
    'requests',
    'acknowledged',
    'resent',
    'refused',
    'gaveUp',
    'records',
  ];
  for (const count of counts) {
    expect(ledger.types.reduce((sum, type) => sum + type[count], 0)).toBe(ledger.totals[count]);
  }
  const { sent, acknowledged, refused, gaveUp, requests } = ledger.totals;
  expect(sent).toBe(acknowledged + refused + gaveUp);
  expect(requests).toBe(gateway.requests.length);
  expect(ledger.acknowledged).toHaveLength(acknowledged);
  return { ledger, requests: gateway.requests, waits: clock.waits };
}

test('every push is acknowledged once, as it was sealed', async () => {
  const { ledger, requests } = await send(acknowledge);
  const records = pushes.reduce((sum, push) => sum + push.records, 0);
  expect(ledger.totals).toMatchObject({ sent: 200, requests: 200, acknowledged: 200, resent: 0, records });
  expect(ledger.failures).toEqual([]);
  const hashes = (list: readonly { payloadHash: string }[]) =>
    list.map(({ payloadHash }) => payloadHash).sort();
  expect(hashes(ledger.acknowledged)).toEqual(hashes(pushes));
  const sealed = new Map(pushes.map((push) => [push.body.toString(), push]));
  for (const { path, headers, body } of requests) {
    const push = sealed.get(body.toString())!;
    expect(path).toBe(push.path);
    expect(headers).toMatchObject(push.headers);
  }
});

test.each<[string, Reply]>([
  ['503', { status: 503, body: '' }],
  ['429', { status: 429, body: '' }],
  ['302', { status: 302, body: '' }],
  ['a wrong body', { status: 200, body: 'success\n' }],
  ['a reset connection', 'reset'],
])('%s is followed by exactly the same request, until it is acknowledged', async (_, failure) => {
  const { ledger, waits } = await send((seen) => (seen.times < 3 ? failure : acknowledge(seen)));
  expect(ledger.totals).toMatchObject({ sent: 200, requests: 600, acknowledged: 200, gaveUp: 0 });
  expect(new Set(waits)).toEqual(new Set([100, 200]));
});

test.each([400, 401, 403, 404, 413])('%d is final', async (status) => {
  const { ledger } = await send(() => ({ status, body: 'no' }));
  expect(ledger.totals).toMatchObject({ requests: 200, acknowledged: 0, refused: 200 });
  expect(ledger.failures[0]).toMatchObject({ outcome: 'refused', status, detail: 'no' });
  expect(ledger.latencyMs).toEqual({ p50: 0, p90: 0, p99: 0, max: 0 });
});

test('at the deadline a push is given up', async () => {
  const { ledger, waits } = await send(() => 'reset', { pushes: pushes.slice(0, 1), retryForMs: 1_000 });
  expect(ledger.totals).toMatchObject({ sent: 1, requests: 4, gaveUp: 1 });
  expect(waits).toEqual([100, 200, 400]);
  expect(ledger.failures[0]).toMatchObject({ outcome: 'gave up', status: undefined, id: pushes[0]!.id });
  expect(ledger.failures[0]!.detail).toMatch(/hang up|ECONNRESET/);
});

test('no gateway at all', async () => {
  const { baseUrl, close } = await startGateway(acknowledge);
  await close();
  const options = { baseUrl, pushes, connections: 4, resendShare: 0, retryForMs: 0 };
  const ledger = await sendTraffic({ ...options, clock: skippingClock() });
  expect(ledger.totals).toMatchObject({ sent: 200, requests: 200, gaveUp: 200 });
  expect(ledger.failures[0]!.detail).toContain('ECONNREFUSED');
});

test('about the asked share is sent again, the same ones each time', async () => {
  const resentIn = async () => {
    const { ledger, requests } = await send(acknowledge, { resendShare: 0.3 });
    expect(ledger.totals).toMatchObject({
      sent: 200,
      acknowledged: 200,
      requests: 200 + ledger.totals.resent,
    });
    await gateway?.close();
    return requests.filter(({ times }) => times === 2).map(({ body }) => body.toString());
  };
  const first = await resentIn();
  expect(first.length).toBeGreaterThan(30);
  expect(first.length).toBeLessThan(90);
  expect(new Set(await resentIn())).toEqual(new Set(first));
});

test('a resend that is refused is told, and the push stays acknowledged', async () => {
  const { ledger } = await send(
    (seen) => (seen.times === 1 ? acknowledge(seen) : { status: 403, body: '' }),
    {
      resendShare: 1,
    },
  );
  expect(ledger.totals).toMatchObject({ acknowledged: 200, resent: 200, resendsFailed: 200, refused: 0 });
  expect(ledger.failures[0]).toMatchObject({ outcome: 'resend failed', status: 403 });
});

test('half of what is sent again is signed and encrypted again, the other half is exactly the same', async () => {
  const { ledger, requests } = await send(acknowledge, { resendShare: 1, resealShare: 0.5 });
  expect(ledger.totals).toMatchObject({ sent: 200, requests: 400, acknowledged: 200, resent: 200 });
  const same = requests.filter(({ times }) => times === 2).length;
  // An unsigned, unencrypted push is the same however it is sealed.
  const unsigned = pushes.filter(({ sourceId }) => sourceId === 'silent-open').length;
  expect(same).toBeGreaterThan(unsigned + 30);
  expect(same).toBeLessThan(170);
});

test('a push that is retried is signed again as well', async () => {
  const seen = new Set<string>();
  const { ledger } = await send(
    (request) => {
      seen.add(request.path + String(request.headers['x-signature']) + request.body.toString('base64'));
      return seen.size < 4 ? { status: 503, body: '' } : acknowledge(request);
    },
    { pushes: pushes.filter(({ sourceId }) => sourceId === 'wordy-sealed').slice(0, 1), resealShare: 1 },
  );
  expect(ledger.totals).toMatchObject({ requests: 4, acknowledged: 1 });
});

test('resends come after others, at another pod', async () => {
  const other = await startGateway(acknowledge);
  const { ledger, requests } = await sendTo(other.baseUrl);
  await other.close();
  expect(ledger.totals).toMatchObject({ sent: 200, acknowledged: 200, resent: 200, requests: 400 });
  const ordered = (list: readonly SeenRequest[]) => list.map(({ body }) => body.toString('base64'));
  expect([...ordered(other.requests)].sort()).toEqual([...ordered(requests)].sort());
  expect(ordered(other.requests)).not.toEqual(ordered(requests));
});

async function sendTo(resendUrl: string) {
  gateway = await startGateway(acknowledge);
  const options = { baseUrl: gateway.baseUrl, resendUrl, pushes, connections: 1, clock: skippingClock() };
  const ledger = await sendTraffic({ ...options, resendShare: 1, resealShare: 0, retryForMs: 0 });
  return { ledger, requests: gateway.requests };
}

test('no more requests at a time than connections, and pushes are taken only as they are sent', async () => {
  let taken = 0;
  let answered = 0;
  let most = 0;
  function* counted() {
    for (const push of pushes) {
      most = Math.max(most, ++taken - answered);
      yield push;
    }
  }
  await send(acknowledge, { pushes: counted(), connections: 3, onProgress: () => (answered += 1) });
  expect(taken).toBe(200);
  expect(most).toBeLessThanOrEqual(3);
});

test('the rate is kept', async () => {
  const { ledger } = await send(acknowledge, { ratePerSecond: 10 });
  expect(ledger.durationMs).toBeGreaterThanOrEqual(19_900);
  expect(ledger.durationMs).toBeLessThan(20_200);
});

test('aborting ends the run with a ledger', async () => {
  const stop = new AbortController();
  const { ledger } = await send(acknowledge, {
    connections: 1,
    signal: stop.signal,
    onProgress: ({ acknowledged }) => {
      if (acknowledged === 5) stop.abort();
    },
  });
  expect(ledger.totals).toMatchObject({ sent: 5, acknowledged: 5 });
});

test('an async source of pushes works, and its error ends the run', async () => {
  async function* failing() {
    yield* pushes.slice(0, 10);
    await Promise.resolve();
    throw new Error('the source broke');
  }
  await expect(send(acknowledge, { pushes: failing() })).rejects.toThrow('the source broke');
});
