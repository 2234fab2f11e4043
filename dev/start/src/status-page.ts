import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { bySink, sinks, type SinkId } from '@sluice/cli/sinks';
import type { PushKind, RecentPush, RecentPushes } from '@sluice/raw-event/recent-pushes';
import { rawTopics } from '@sluice/vendors/topics';
import { metricSum } from './metric-sum.ts';
import { serviceNames, type ServiceName } from './services.ts';

/** How long one server or service may take to answer, in ms. */
const patienceMs = 2_000;
/** The raw topics of vendors, and not that of heartbeats. */
const ofVendors = new RegExp(`\\.(?:${rawTopics.join('|').replaceAll('.', '\\.')})$`);
/** The newest of each kind that are shown. */
const shownPushes = 10;

export interface StatusLink {
  /** In Chinese and English. */
  readonly title: string;
  readonly url: string;
  readonly hint: string;
}

export interface StatusPlan {
  readonly port: number;
  readonly stream: string;
  readonly opsPorts: Readonly<Record<ServiceName, number>>;
  readonly links: readonly StatusLink[];
}

/** What the page shows; a figure is null while who has it does not answer. */
export interface Status {
  readonly stream: string;
  readonly links: readonly StatusLink[];
  /** The sinks' stores, in the order of the list. */
  readonly stores: readonly { readonly id: SinkId; readonly title: string; readonly noun: string }[];
  /** Since the processes were started. */
  readonly counts: {
    readonly acknowledged: number | null;
    /** Of these, resends of what was acknowledged before: they are not stored twice. */
    readonly repeated: number | null;
    readonly notTaken: number | null;
    readonly raw: number | null;
    readonly events: number | null;
    /** Events in the store of each sink. */
    readonly stored: Readonly<Record<SinkId, number | null>>;
    /** Of all stages. */
    readonly deadLetters: number | null;
    /** Records that wait for the normalizer or a sink. */
    readonly waiting: number | null;
  };
  /** The last ones of each, the newest first. */
  readonly pushes: Readonly<Record<'taken' | 'deadLettered' | 'notTaken', readonly RecentPush[]>>;
  /** Services that do not answer. */
  readonly silent: readonly string[];
}

export interface RunningStatusPage {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Serves one page for anybody who tries the product on this machine: where everything is, how much went through, the last
 * pushes. `/state` has the same as JSON. It asks the services' management ports alone, and keeps nothing.
 */
export async function startStatusPage(plan: StatusPlan): Promise<RunningStatusPage> {
  const page = readFileSync(join(import.meta.dirname, 'status-page.html'), 'utf8');
  const server = createServer((request, response) => {
    const headers = {
      'cache-control': 'no-store',
      'content-security-policy':
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; frame-ancestors 'none'",
    };
    const answer = (status: number, type: string, text: string): void =>
      void response.writeHead(status, { ...headers, 'content-type': `${type}; charset=utf-8` }).end(text);
    if (request.url === '/') answer(200, 'text/html', page);
    else if (request.url === '/state')
      readStatus(plan).then(
        (status) => answer(200, 'application/json', JSON.stringify(status)),
        (error: unknown) => answer(500, 'text/plain', String(error)),
      );
    else answer(404, 'text/plain', 'There are / and /state here.\n');
  });
  server.listen(plan.port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : plan.port}`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function readStatus({ stream, links, opsPorts }: StatusPlan): Promise<Status> {
  const metrics = new Map(
    await Promise.all(
      // The agent panel has a port too, and does not run next to the user's own sources.
      serviceNames.map(async (name) => [name, await ask(opsPorts[name], '/metrics')] as const),
    ),
  );
  const pushes = pushesOf(await ask(opsPorts.ingress, '/pushes'));
  const sum = (service: ServiceName, metric: string, labels: Record<string, RegExp> = {}): number | null => {
    const text = metrics.get(service) ?? null;
    return text === null ? null : metricSum(text, metric, labels);
  };
  const workers = serviceNames.filter((name) => name !== 'ingress');
  // A stale copy is one of which the store has a newer one.
  const arrived = /^(written|stale)$/;
  const taken = /^(published|spooled|repeated|dead-lettered|kept-apart)$/;
  return {
    stream,
    links,
    stores: sinks.map(({ id, title, noun }) => ({ id, title, noun })),
    counts: {
      acknowledged: added([
        sum('ingress', 'sluice_ingress_requests_total', { outcome: taken }),
        sum('ingress', 'sluice_ingress_staff_requests_total', { outcome: taken }),
      ]),
      repeated: sum('ingress', 'sluice_ingress_requests_total', { outcome: /^repeated$/ }),
      notTaken: sum('ingress', 'sluice_ingress_refusals_total'),
      raw: sum('normalizer', 'sluice_records_total', { topic: ofVendors }),
      events: sum('normalizer', 'sluice_events_total', { topic: /^(?!heartbeat)/ }),
      stored: bySink(({ service }) =>
        sum(service, 'sluice_records_total', { topic: /^(?!.*\.heartbeat)/, outcome: arrived }),
      ),
      deadLetters: added(serviceNames.map((name) => sum(name, 'sluice_dead_letters_total'))),
      waiting: added(workers.map((name) => sum(name, 'sluice_consumer_lag_records'))),
    },
    pushes,
    silent: [...metrics].filter(([, text]) => text === null).map(([name]) => name),
  };
}

/** @param recent as ingress answers them; null when it does not */
function pushesOf(recent: string | null): Status['pushes'] {
  const pushes = recent === null ? [] : (JSON.parse(recent) as RecentPushes).pushes;
  const ofKinds = (...kinds: readonly PushKind[]): RecentPush[] =>
    pushes.filter(({ kind }) => kinds.includes(kind)).slice(0, shownPushes);
  return {
    taken: ofKinds('acknowledged'),
    deadLettered: ofKinds('dead-lettered'),
    notTaken: ofKinds('refused', 'failed'),
  };
}

function added(figures: readonly (number | null)[]): number | null {
  return figures.reduce((total, one) => (total === null || one === null ? null : total + one), 0);
}

/** Null when the service does not answer as it should, or not in time. */
async function ask(port: number, path: string): Promise<string | null> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
      signal: AbortSignal.timeout(patienceMs),
    });
    return answer.ok ? await answer.text() : null;
  } catch {
    return null;
  }
}
