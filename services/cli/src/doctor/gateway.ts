import { broken, right, risky, type Finding } from '@sluice/service/finding';
import { sentenceOf } from './examination.ts';
import { addressOfUrl, reachAddress } from './reach-address.ts';

/** How far two clocks may differ before vendors' timestamps count as stale. */
const clockSkewMs = 60_000;

/** Whether the address that vendors call is reached from here, and what answers there. */
export async function* examineGateway(url: string): AsyncGenerator<Finding> {
  const reached = await reachAddress(addressOfUrl(url), '--url');
  yield* reached;
  if (reached.some(({ severity }) => severity === 'broken')) return;
  let answer: Response;
  try {
    // The path of health checks says nothing that strangers may not know.
    answer = await fetch(new URL('/', url), { redirect: 'manual', signal: AbortSignal.timeout(5_000) });
    await answer.body?.cancel();
  } catch (error) {
    yield broken(
      'gateway-answer',
      `${url} takes connections and gives no answer: ${sentenceOf(error)}`,
      'Check the load balancer.',
    );
    return;
  }
  if (answer.status !== 200) {
    const text = `GET / at ${url} is answered with ${answer.status} instead of 200: something else may listen there.`;
    yield broken('gateway-answer', text, 'Check where the load balancer sends this host and path.');
    return;
  }
  const proxies = ['via', 'server', 'x-served-by', 'cf-ray'].flatMap((name) => {
    const value = answer.headers.get(name);
    return value === null ? [] : [`${name}: ${value.slice(0, 80)}`];
  });
  yield right(
    'gateway-answer',
    `Ingress answers${proxies.length > 0 ? `, through a proxy (${proxies.join(', ')})` : ''}.`,
  );
  yield* clock(answer);
  if (url.startsWith('http://') && !isLocal(url))
    yield risky(
      'gateway-plain',
      `${url} is not encrypted: who reads on the way learns path secrets and unencrypted payloads.`,
      'Use https.',
    );
}

function* clock(answer: Response): Generator<Finding> {
  const theirs = Date.parse(answer.headers.get('date') ?? '');
  const skewMs = theirs - Date.now();
  if (Math.abs(skewMs) > clockSkewMs)
    yield risky(
      'gateway-clock',
      `Its clock differs from the one here by ${Math.round(Math.abs(skewMs) / 1_000)} s.`,
      'Synchronize both: signed timestamps are compared with it.',
    );
}

const isLocal = (url: string): boolean => /^(localhost|127\.|\[::1\])/.test(new URL(url).hostname);
