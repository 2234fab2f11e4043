import type { RecentPush, RecentPushes } from '@sluice/raw-event/recent-pushes';
import { timeOf } from '../printable.ts';

export interface IngressKnows {
  /** Requests of that id that a pod remembers. */
  readonly requests: readonly RecentPush[];
  /** What a reader must know to judge that: since when it remembers, what waits in its spool, who did not answer. */
  readonly notes: readonly string[];
}

/** Asks pods of ingress what they remember. @param urls of their management ports */
export async function recentPushes(
  urls: readonly string[],
  query: Record<string, string>,
): Promise<IngressKnows> {
  const requests: RecentPush[] = [];
  const notes: string[] = [];
  await Promise.all(
    urls.map(async (url) => {
      try {
        const answer = await fetchText(new URL(`/pushes?${new URLSearchParams(query).toString()}`, url));
        const { sinceMs, pushes } = JSON.parse(answer) as RecentPushes;
        requests.push(...pushes);
        notes.push(`Ingress at ${url} remembers its last requests since ${timeOf(sinceMs)}.`);
        const spooled = spooledIn(await fetchText(new URL('/metrics', url)));
        if (spooled > 0) notes.push(`Its spool holds ${spooled} pushes that wait for Kafka.`);
      } catch (error) {
        notes.push(
          `Ingress at ${url} (--ingress-ops) was not asked: ${error instanceof Error ? error.message : String(error)}.`,
        );
      }
    }),
  );
  return { requests: requests.toSorted((one, other) => one.atMs - other.atMs), notes };
}

/** What ingress knows of a request id. */
export const askIngress = (id: string, urls: readonly string[]): Promise<IngressKnows> =>
  recentPushes(urls, { request: id });

async function fetchText(url: URL): Promise<string> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(5_000) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(text.trim() || `status ${answer.status}`);
  return text;
}

function spooledIn(metrics: string): number {
  return Number(/^sluice_spool_records(?:\{[^}]*\})? (\S+)$/m.exec(metrics)?.[1] ?? 0);
}
