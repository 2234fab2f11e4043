import { lookup } from 'node:dns/promises';
import type { RecentPush, RecentPushes } from '@sluice/raw-event/recent-pushes';
import { timeOf } from '../printable.ts';

export interface IngressKnows {
  /** Requests that a pod remembers, the oldest first. */
  readonly requests: readonly RecentPush[];
  /** What a reader must know to judge that: since when it remembers, what waits in its spool, who did not answer. */
  readonly notes: readonly string[];
  /** Why pods that were to be asked did not answer. */
  readonly failures: readonly Error[];
}

/** The addresses that a name stands for. */
type Resolve = (name: string) => Promise<readonly { readonly address: string; readonly family: number }[]>;
const resolveAll: Resolve = (name) => lookup(name, { all: true });

/**
 * Asks pods of ingress what they remember. A name that stands for several addresses stands for several pods: all of them
 * are asked.
 * @param urls of management ports
 * @param query as `GET /pushes` takes it
 */
export async function recentPushes(
  urls: readonly string[],
  query: Record<string, string>,
  resolve: Resolve = resolveAll,
): Promise<IngressKnows> {
  const answers = await Promise.all(
    urls.map(async (url) => {
      try {
        return await Promise.all((await podsOf(url, resolve)).map((pod) => askPod(pod, query)));
      } catch (error) {
        return [silentPod(url, error)];
      }
    }),
  );
  const all = answers.flat();
  return {
    requests: all.flatMap(({ requests }) => requests).toSorted((one, other) => one.atMs - other.atMs),
    notes: all.flatMap(({ notes }) => notes),
    failures: all.flatMap(({ failures }) => failures),
  };
}

/** What ingress knows of a request id. */
export const askIngress = (id: string, urls: readonly string[]): Promise<IngressKnows> =>
  recentPushes(urls, { request: id });

/** The management ports of the pods that a name stands for. */
export async function podsOf(url: string, resolve: Resolve = resolveAll): Promise<string[]> {
  const { hostname } = new URL(url);
  // It stands for one process, by two addresses.
  if (hostname === 'localhost' || hostname.startsWith('[')) return [url];
  return (await resolve(hostname)).map(({ address, family }) => {
    const pod = new URL(url);
    pod.hostname = family === 6 ? `[${address}]` : address;
    return pod.origin;
  });
}

async function askPod(url: string, query: Record<string, string>): Promise<IngressKnows> {
  try {
    const answer = await textAt(new URL(`/pushes?${new URLSearchParams(query).toString()}`, url));
    const { sinceMs, pushes } = JSON.parse(answer) as RecentPushes;
    const spooled = spooledIn(await textAt(new URL('/metrics', url)));
    const waits = spooled > 0 ? [`Its spool holds ${spooled} pushes that wait for Kafka.`] : [];
    return {
      requests: pushes,
      notes: [`Ingress at ${url} remembers its last requests since ${timeOf(sinceMs)}.`, ...waits],
      failures: [],
    };
  } catch (error) {
    return silentPod(url, error);
  }
}

function silentPod(url: string, error: unknown): IngressKnows {
  // fetch tells what it met in the cause.
  const { message, cause } = error as { message: string; cause?: { message?: string } };
  const reason = cause?.message ?? message;
  const failure = new Error(`Ingress at ${url} (--ingress-ops) gave no answer: ${reason}.`, { cause: error });
  return { requests: [], notes: [failure.message], failures: [failure] };
}

/** @throws what a pod says, or why it says nothing */
export async function textAt(url: URL): Promise<string> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(5_000) });
  const text = (await answer.text()).trim();
  if (!answer.ok) throw new Error(text.replace(/\.$/, '') || `status ${answer.status}`);
  return text;
}

function spooledIn(metrics: string): number {
  return Number(/^sluice_spool_records(?:\{[^}]*\})? (\S+)$/m.exec(metrics)?.[1] ?? 0);
}
