import { findPrometheus } from '@sluice/monitoring/find-prometheus';
import { startPrometheus, type RunningPrometheus } from '@sluice/monitoring/start-prometheus';
import type { DevelopmentPorts } from './ports.ts';

export type { RunningPrometheus };

export type Monitoring =
  | { readonly outcome: 'started'; readonly prometheus: RunningPrometheus }
  /** One message that says what to do. */
  | { readonly outcome: 'absent'; readonly reason: string };

/**
 * Starts a Prometheus that scrapes the services, if this machine has one.
 * @throws an error when it does not come up
 */
export async function startMonitoring(plan: {
  readonly port: number;
  readonly opsPorts: DevelopmentPorts['ops'];
  readonly folder: string;
}): Promise<Monitoring> {
  const found = findPrometheus(process.env);
  if (found.outcome === 'absent') return found;
  const targets = Object.entries(plan.opsPorts).map(([name, port]) => [name, `127.0.0.1:${port}`] as const);
  const prometheus = await startPrometheus({
    ...{ prometheus: found.prometheus, port: plan.port, folder: plan.folder },
    targets: Object.fromEntries(targets),
  });
  return { outcome: 'started', prometheus };
}
