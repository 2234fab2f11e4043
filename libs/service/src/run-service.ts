import type { z } from 'zod';
import { createTelemetry, type Telemetry } from '@sluice/telemetry/telemetry';
import { startTracing, type Tracing } from '@sluice/telemetry/tracing';
import { readTracingSettings, type TracingSettings } from '@sluice/telemetry/tracing-settings';
import type { commonShape } from './common-settings.ts';
import { createLog, type Log } from './log.ts';
import { watchLoop } from './loop-watchdog.ts';
import { startOpsServer, type OpsPages } from './ops-server.ts';
import { ConfigError } from './read-config.ts';

/** A service that runs. */
export interface Running {
  /** Why it should get no traffic; empty when it should. */
  notReady(): string[];
  /** Stops in the order the data flows; resolves when nothing is in flight. */
  stop(): Promise<void>;
  /**
   * Aborts what is still in flight, so that `stop` resolves within the last quarter of the deadline.
   * @returns messages that say what is processed again, and may be stored twice
   */
  abort(): string[];
  /** What else its management port answers. */
  readonly pages?: OpsPages;
}

export interface Context<C> {
  readonly config: Readonly<C>;
  readonly log: Log;
  readonly telemetry: Telemetry;
  /** Null where tracing is not configured. */
  readonly tracing: Tracing | null;
  /** Ends the process because it cannot continue: it is restarted from outside. */
  readonly fail: (error: Error) => void;
}

/** Who works on one stream alone says so in each of its metrics. */
type Common = z.output<z.ZodObject<typeof commonShape>> & { readonly stream?: string };

/**
 * The life of a service process: settings, start, readiness, stop on SIGTERM or SIGINT, exit code.
 * It exits 0 after a stop that finished in time, 1 after one that did not or after a failure, 78 when the
 * settings cannot be used.
 * @param readSettings `readConfig` with this service's settings, `commonShape` among them
 * @param start resolves when the service works; what it throws ends the process with its message
 */
export async function runService<C extends Common>(
  name: string,
  process: NodeJS.Process,
  readSettings: (env: NodeJS.ProcessEnv) => C,
  start: (context: Context<C>) => Promise<Running>,
): Promise<void> {
  const { config, tracing: tracingSettings } = readOrExit(readSettings, process);
  const { opsPort, logLevel, stopDeadlineMs, loopStuckMs } = config;
  const log = createLog(name, logLevel, process.stdout.isTTY);
  const telemetry = createTelemetry(name, config.stream);
  watchLoop(name, loopStuckMs);
  const state: { running?: Running; stopping: boolean } = { stopping: false };

  const fail = (error: Error): void => {
    log.fatal({ err: error }, error.message);
    log.flush(() => process.exit(1));
  };
  process.on('uncaughtException', fail);
  process.on('unhandledRejection', (reason) =>
    fail(reason instanceof Error ? reason : new Error(String(reason))),
  );

  const tracing = await startTracing(name, tracingSettings, (level, message) => log[level](message));

  const stop = async (signal: string): Promise<void> => {
    if (state.stopping) return;
    state.stopping = true;
    const endsAt = performance.now() + stopDeadlineMs;
    log.info(`${signal}: stopping`);
    const gracefulMs = stopDeadlineMs * 0.75;
    let exitCode = 0;
    const timers = [
      setTimeout(() => {
        exitCode = 1;
        log.error(`Work in flight is not finished after ${gracefulMs} ms; aborting it.`);
        for (const message of state.running?.abort() ?? []) log.error(message);
      }, gracefulMs),
      setTimeout(() => {
        log.error(`Graceful shutdown timed out after ${stopDeadlineMs} ms; exiting.`);
        log.flush(() => process.exit(1));
      }, stopDeadlineMs),
    ];
    await state.running?.stop();
    await ops.close();
    for (const timer of timers) clearTimeout(timer);
    // Spans are worth a moment, and never the deadline.
    await tracing?.close(Math.min(stopDeadlineMs / 10, (endsAt - performance.now()) / 2));
    log.info('stopped');
    log.flush(() => process.exit(exitCode));
  };
  process.once('SIGTERM', () => void stop('SIGTERM').catch(fail));
  process.once('SIGINT', () => void stop('SIGINT').catch(fail));

  const notReady = (): string[] => {
    if (state.stopping) return ['It is stopping.'];
    return state.running ? state.running.notReady() : ['It is starting.'];
  };
  telemetry.gauge('sluice_ready', () => Number(notReady().length === 0));
  const ops = await startOpsServer(opsPort, telemetry, notReady, () => state.running?.pages ?? {}).catch(
    (error: unknown) => {
      throw new Error(
        `Port ${opsPort} for /livez, /readyz and /metrics cannot be used: set SLUICE_OPS_PORT to a free one.`,
        { cause: error },
      );
    },
  );
  log.info({ opsPort: ops.port }, 'starting');
  state.running = await start({ config, log, telemetry, tracing, fail });
  log.info('started');
}

function readOrExit<C>(
  readSettings: (env: NodeJS.ProcessEnv) => C,
  process: NodeJS.Process,
): { config: C; tracing: TracingSettings | null } {
  const { settings, problems } = readTracingSettings(process.env);
  try {
    const config = readSettings(process.env);
    if (problems.length === 0) return { config, tracing: settings };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    problems.unshift(error.message);
  }
  process.stderr.write(`${problems.join('\n')}\n`);
  return process.exit(78);
}
