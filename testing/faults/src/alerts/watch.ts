import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '@sluice/dev-servers/free-port';
import { writeShortenedRules } from '@sluice/monitoring/shortened-rules';
import { startPrometheus, type RunningPrometheus } from '@sluice/monitoring/start-prometheus';
import type { CaseContext } from '../fault-case.ts';
import { waitFor } from '../system/wait-for.ts';
import type { AlertState } from './state.ts';

/** How long after a way began its alert may take, in ms. */
export const mostMs = 600_000;
/** Longer than that it is waited for, so that one that comes late is told from one that never comes. */
const givenUpMs = 780_000;
const lookEveryMs = 5_000;

/** What became of a way: its alert fired so many seconds after it began, or (null) never. */
interface Seen {
  readonly way: string;
  readonly alert: string;
  readonly seconds: number | null;
}

export interface StateSeen {
  readonly seen: readonly Seen[];
  /** All alerts that fired at any time, expected or not. */
  readonly fired: readonly string[];
}

/**
 * Starts the system of a state and a Prometheus of its own with the chart's rules, brings the state about, and waits until
 * its alerts fire.
 * @param quietMs how long a state that expects no alert is watched
 * @throws when the system does not start, or the state cannot be brought about
 */
export async function watchState(
  state: AlertState,
  prometheusProgram: string,
  folder: string,
  quietMs: number,
  context: CaseContext,
): Promise<StateSeen> {
  const system = await context.startSystem(await state.options(context));
  const targets = {
    ...Object.fromEntries(system.all.map(({ label, opsPort }) => [label, `127.0.0.1:${opsPort}`])),
    ...(await state.targets?.(context)),
  };
  const prometheus = await watchedBy(prometheusProgram, folder, targets, state);
  context.onEnd(() => prometheus.close());
  await waitFor(
    `Prometheus has seen the services of ${state.name}`,
    async () => (await prometheus.query('up == 1')).length === Object.keys(targets).length,
    60_000,
  );
  const begunAt = new Map<string, number>();
  const seen = new Map<string, Seen>();
  const startedAt = performance.now();
  const progress = { isBegun: false };
  const beginning = state
    .begin({ context, system, begins: (way) => void begunAt.set(way, performance.now()) })
    .finally(() => (progress.isBegun = true));
  // Looked at below; until then it is not unhandled.
  beginning.catch(() => undefined);
  const isDone = (): boolean => {
    const expected = Object.keys(state.expected);
    if (expected.length === 0) return performance.now() - startedAt > quietMs;
    const latest = Math.max(...begunAt.values());
    return seen.size === expected.length || (progress.isBegun && performance.now() - latest > givenUpMs);
  };
  while (!progress.isBegun || !isDone()) {
    await delay(lookEveryMs);
    const firing = await prometheus.query('ALERTS{alertstate="firing"}');
    for (const [way, { alert, labels = {} }] of Object.entries(state.expected)) {
      const begun = begunAt.get(way);
      if (begun === undefined || seen.has(way)) continue;
      const found = firing.some(
        (one) =>
          one.labels.alertname === alert &&
          Object.entries(labels).every(([name, value]) => one.labels[name] === value),
      );
      if (!found) continue;
      const seconds = Math.round((performance.now() - begun) / 1000);
      seen.set(way, { way, alert, seconds });
      context.say(`${way}: ${alert} fires after ${seconds} s`);
    }
  }
  await beginning;
  const never = Object.entries(state.expected)
    .filter(([way]) => !seen.has(way))
    .map(([way, { alert }]): Seen => ({ way, alert, seconds: null }));
  const fired = await prometheus.query(
    'count by (alertname) (count_over_time(ALERTS{alertstate="firing"}[1h]))',
  );
  return {
    seen: [...seen.values(), ...never],
    fired: fired.map(({ labels }) => labels.alertname ?? '').sort(),
  };
}

async function watchedBy(
  prometheus: string,
  folder: string,
  targets: Readonly<Record<string, string>>,
  { expected, shortened }: AlertState,
): Promise<RunningPrometheus> {
  const plan = { prometheus, folder, port: await freePort(), pace: 'production', targets } as const;
  if (!shortened) return startPrometheus(plan);
  const rulesFolder = join(folder, 'rules');
  const alerts = Object.values(expected).map(({ alert }) => alert);
  writeShortenedRules(rulesFolder, alerts, shortened);
  return startPrometheus({ ...plan, rulesFolder });
}
