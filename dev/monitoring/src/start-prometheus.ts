import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { bindToParent } from '@sluice/dev-servers/bound-process';
import { alertsFolder } from './places.ts';

export interface PrometheusPlan {
  /** The program. */
  readonly prometheus: string;
  readonly port: number;
  /** What is scraped, by service: `host:port`. */
  readonly targets: Readonly<Record<string, string>>;
  /** Where its configuration, log and data are. */
  readonly folder: string;
  /** Where the rules are. Default: those of the chart. */
  readonly rulesFolder?: string;
  /** `development`: what changes is seen within seconds. `production`: the chart's own interval, and Prometheus' defaults. */
  readonly pace?: 'development' | 'production';
}

const paces = {
  // What processes of a former start counted last is not taken for what those of now count.
  development: { scrape: '1s', evaluation: '5s', lookback: '10s' },
  production: { scrape: '15s', evaluation: '30s', lookback: '5m' },
};

export interface RunningPrometheus {
  readonly url: string;
  /** Epoch ms. It has data of before, when it ran in the same folder. */
  readonly startedAtMs: number;
  /**
   * What an expression gives now, as numbers with their labels.
   * @throws with Prometheus' own words about an expression that it does not take
   */
  query(expression: string): Promise<{ labels: Readonly<Record<string, string>>; value: number }[]>;
  close(): Promise<void>;
}

const startsWithinMs = 30_000;

/**
 * Starts a Prometheus with the product's alerts that scrapes the services; it ends with this process.
 * @throws an error when it does not come up
 */
export async function startPrometheus(plan: PrometheusPlan): Promise<RunningPrometheus> {
  const { folder, port } = plan;
  const pace = paces[plan.pace ?? 'development'];
  const startedAtMs = Date.now();
  const configFile = writeConfiguration(plan);
  const logFile = join(folder, 'prometheus.log');
  const log = openSync(logFile, 'a');
  const url = `http://127.0.0.1:${port}`;
  const { command, args } = bindToParent(plan.prometheus, [
    `--config.file=${configFile}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
    `--query.lookback-delta=${pace.lookback}`,
  ]);
  // A process group of its own: Ctrl-C reaches anybody who started it alone.
  const child = spawn(command, args, { stdio: ['ignore', log, log], detached: true });
  closeSync(log);
  let ending: string | undefined;
  const ended = new Promise<void>((resolve) => {
    child.once('error', (error) => {
      ending = error.message;
      resolve();
    });
    child.once('exit', (code, signal) => {
      ending = String(code ?? signal);
      resolve();
    });
  });
  const close = async (): Promise<void> => {
    if (ending === undefined) child.kill('SIGTERM');
    await ended;
  };

  const failure = await untilReady(url, () => ending);
  if (failure !== null) {
    await close();
    throw new Error(`Prometheus ${failure}: see ${logFile}.`);
  }
  return { url, startedAtMs, query: (expression) => query(url, expression), close };
}

/** @returns the file */
function writeConfiguration({ folder, targets, rulesFolder, pace }: PrometheusPlan): string {
  const { scrape, evaluation } = paces[pace ?? 'development'];
  const configuration = {
    global: { scrape_interval: scrape, evaluation_interval: evaluation },
    rule_files: [join(rulesFolder ?? alertsFolder, '*.yaml')],
    scrape_configs: [
      {
        job_name: 'sluice',
        static_configs: Object.entries(targets).map(([component, target]) => ({
          targets: [target],
          // As a pod has it, whose name stays when it is started again.
          labels: { component, pod: component },
        })),
      },
    ],
  };
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'prometheus.yml');
  // JSON is YAML, too.
  writeFileSync(file, JSON.stringify(configuration, null, 2));
  return file;
}

/** @param ending why the process ended, if it did. @returns why it does not get ready; null when it is */
async function untilReady(url: string, ending: () => string | undefined): Promise<string | null> {
  const deadline = performance.now() + startsWithinMs;
  while (!(await isReady(url))) {
    const why = ending();
    if (why !== undefined) return `ended (${why}) while it started`;
    if (performance.now() > deadline) return `was not ready within ${startsWithinMs / 1000} s`;
    await delay(100);
  }
  return null;
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/-/ready`)).ok;
  } catch {
    return false;
  }
}

async function query(
  url: string,
  expression: string,
): Promise<{ labels: Readonly<Record<string, string>>; value: number }[]> {
  const answer = await fetch(`${url}/api/v1/query`, {
    method: 'POST',
    body: new URLSearchParams({ query: expression }),
  });
  const { data, error } = (await answer.json()) as PrometheusResponse;
  if (!data) throw new Error(`Prometheus refused "${expression}": ${error ?? answer.status}`);
  return data.result.map(({ metric, value: [, value] }) => ({ labels: metric, value: Number(value) }));
}

interface PrometheusResponse {
  readonly data?: {
    readonly result: readonly {
      readonly metric: Readonly<Record<string, string>>;
      readonly value: readonly [number, string];
    }[];
  };
  readonly error?: string;
}
