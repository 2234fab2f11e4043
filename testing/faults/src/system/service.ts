import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { youngGeneration, type ServiceName } from '@sluice/start/services';
import { waitFor } from './wait-for.ts';

const root = join(import.meta.dirname, '../../../..');

/** The heap of a service in a pod of 1 GiB, in MiB: without a limit V8 leaves garbage as long as there is memory. */
export const heapMb = 512;

/** How long a supervisor waits before it starts again what has ended. */
const restartAfterMs = 1_000;

/**
 * One instance of a service: a process that a case can kill, freeze and start again. One that ends by itself is
 * started again, as a supervisor would; one that a case ended is left to the case.
 */
export interface Service {
  readonly name: ServiceName;
  /** Its name and number: `ingress-2`. */
  readonly label: string;
  readonly opsPort: number;
  /** Undefined while it does not run. */
  pid(): number | undefined;
  /** Starts it and waits until it says that it is ready. @throws with the end of its log when it does not. */
  start(withinMs?: number): Promise<void>;
  /** Starts it and returns at once. */
  launch(): void;
  /** The next start, and those after it, are of this checkout. @param build undefined: the one that this runs from */
  runFrom(build: string | undefined): void;
  ready(): Promise<boolean>;
  /** Whether it answers at all: what a kubelet asks. */
  alive(): Promise<boolean>;
  /** A metric, summed over its labels; 0 when there is none. Rejects when nobody answers. */
  metric(name: string): Promise<number>;
  /** A metric by its labels as they are exposed: `topic="…",partition="0",…`. Rejects when nobody answers. */
  metricByLabels(name: string): Promise<ReadonlyMap<string, number>>;
  /** Ends it as the kernel would, without a word. */
  kill(): Promise<void>;
  /** Asks it to stop. @returns how it ended: its exit code, or the signal that had to end it */
  stop(withinMs?: number): Promise<number | string>;
  /** SIGSTOP and SIGCONT. */
  freeze(): void;
  thaw(): void;
  /** How often it ended by itself and was started again. */
  restarts(): number;
  /** The end of its log. */
  log(): string;
  /** Its whole log. */
  logLines(): string[];
}

/**
 * @param env all settings of the service; its log is `<folder>/<label>.log`, over all starts
 * @param onLaunch called with the id of each process as soon as it is there
 */
export function createService(
  name: ServiceName,
  label: string,
  env: NodeJS.ProcessEnv,
  opsPort: number,
  folder: string,
  onLaunch: (pid: number) => void = () => undefined,
): Service {
  const logFile = join(folder, `${label}.log`);
  let running: Run | undefined;
  let restarts = 0;
  let build = root;
  const launch = (): void => {
    mkdirSync(folder, { recursive: true });
    const run = spawnService(build, name, { ...env, SLUICE_OPS_PORT: String(opsPort) }, logFile);
    running = run;
    if (run.child.pid !== undefined) onLaunch(run.child.pid);
    void run.ended.then(async () => {
      // A case may end or start it meanwhile.
      const isOurs = (): boolean => run.supervised && running === run;
      if (isOurs()) await delay(restartAfterMs);
      if (!isOurs()) return;
      restarts += 1;
      launch();
    });
  };
  const isUp = (): boolean => running?.child.exitCode === null && running.child.signalCode === null;
  const ask = (path: string): Promise<Response> =>
    fetch(`http://127.0.0.1:${opsPort}${path}`, { signal: AbortSignal.timeout(2_000) });
  const isOk = (path: string): Promise<boolean> =>
    ask(path).then(
      ({ ok }) => ok,
      () => false,
    );
  const ready = (): Promise<boolean> => isOk('/readyz');

  return {
    ...{ name, label, opsPort },
    pid: () => (isUp() ? running?.child.pid : undefined),
    launch,
    runFrom: (folder) => void (build = folder ?? root),
    ready,
    alive: () => isOk('/livez'),
    metric: async (metric) => sumOf(metric, await (await ask('/metrics')).text()),
    metricByLabels: async (metric) => byLabels(metric, await (await ask('/metrics')).text()),
    async start(withinMs = 120_000) {
      launch();
      const first = running;
      try {
        await waitFor(
          `${label} is ready`,
          async () => (running === first && !isUp() ? failed(label) : ready()),
          withinMs,
        );
      } catch (error) {
        if (running) running.supervised = false;
        throw new Error(`${String(error)}\n${tailOf(logFile)}`, { cause: error });
      }
    },
    async kill() {
      if (running) running.supervised = false;
      running?.child.kill('SIGKILL');
      await running?.ended;
    },
    async stop(withinMs = 30_000) {
      if (!running || !isUp()) return 'not running';
      running.supervised = false;
      running.child.kill('SIGCONT');
      running.child.kill('SIGTERM');
      const { child, ended } = running;
      const forced = setTimeout(() => child.kill('SIGKILL'), withinMs);
      const how = await ended;
      clearTimeout(forced);
      return how;
    },
    freeze: () => void running?.child.kill('SIGSTOP'),
    thaw: () => void running?.child.kill('SIGCONT'),
    restarts: () => restarts,
    log: () => tailOf(logFile),
    logLines: () => linesOf(logFile),
  };
}

interface Run {
  readonly child: ChildProcess;
  readonly ended: Promise<number | string>;
  supervised: boolean;
}

function spawnService(build: string, name: ServiceName, env: NodeJS.ProcessEnv, logFile: string): Run {
  const child = spawn(
    process.execPath,
    [
      `--max-old-space-size=${heapMb}`,
      ...youngGeneration,
      '--import',
      join(root, 'dev/start/src/exit-with-parent.ts'),
      join(build, 'services', name, 'src/main.ts'),
    ],
    { env, stdio: ['ignore', 'pipe', 'pipe', 'ipc'], detached: true },
  );
  // Without a word: one that is frozen hears nothing else.
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  const log = createWriteStream(logFile, { flags: 'a' });
  child.stdout?.pipe(log, { end: false });
  child.stderr?.pipe(log, { end: false });
  const ended = new Promise<number | string>((resolve) => {
    child.once('close', (code, signal) => {
      process.off('exit', kill);
      log.end();
      resolve(code ?? signal ?? 'unknown');
    });
  });
  return { child, ended, supervised: true };
}

/** Of Prometheus's text format. */
function sumOf(metric: string, text: string): number {
  const lines = text
    .split('\n')
    .filter((line) => line.startsWith(`${metric} `) || line.startsWith(`${metric}{`));
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
}

function byLabels(metric: string, text: string): Map<string, number> {
  const lines = text.split('\n').filter((line) => line.startsWith(`${metric}{`));
  return new Map(
    lines.map((line) => {
      const end = line.lastIndexOf('}');
      return [line.slice(metric.length + 1, end), Number(line.slice(end + 1))];
    }),
  );
}

function failed(label: string): never {
  throw new Error(`${label} ended before it was ready.`);
}

function tailOf(file: string): string {
  try {
    return linesOf(file).slice(-12).join('\n');
  } catch {
    return '(no log)';
  }
}

/** A log ends in a line break. */
const linesOf = (file: string): string[] => readFileSync(file, 'utf8').split('\n').slice(0, -1);
