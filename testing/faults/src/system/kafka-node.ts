import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from './wait-for.ts';

/** One process of a private cluster. */
export interface KafkaNode {
  /** Starts it, again perhaps, and waits until it serves. */
  start(): Promise<void>;
  kill(): Promise<void>;
  /** A controlled shutdown: leaders move away first. */
  stop(): Promise<void>;
  /** SIGSTOP and SIGCONT. */
  freeze(): void;
  thaw(): void;
}

/** @param logFile where its output goes, over all starts */
export function createKafkaNode(properties: string, logging: string, logFile: string): KafkaNode {
  let child: ChildProcess | undefined;
  let ended: Promise<void> = Promise.resolve();
  const startsLogged = (): number => readFileSync(logFile, 'utf8').split('Kafka Server started').length - 1;
  return {
    async start() {
      const log = openSync(logFile, 'a');
      const before = startsLogged();
      const started = spawnBound('java', javaArguments(properties, logging), log);
      closeSync(log);
      child = started;
      ended = new Promise((resolve) => started.once('exit', () => resolve()));
      await waitFor(
        `the broker of ${properties} serves (see ${logFile})`,
        () => {
          if (started.exitCode !== null || started.signalCode !== null)
            throw new Error(
              `The broker ended while starting:\n${readFileSync(logFile, 'utf8').slice(-1500)}`,
            );
          return startsLogged() > before;
        },
        90_000,
      );
    },
    async kill() {
      child?.kill('SIGKILL');
      await ended;
    },
    async stop() {
      child?.kill('SIGTERM');
      await ended;
    },
    freeze: () => void child?.kill('SIGSTOP'),
    thaw: () => void child?.kill('SIGCONT'),
  };
}

function javaArguments(properties: string, logging: string): string[] {
  return [
    ...['-Xms64m', '-Xmx384m', '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC'],
    `-Dlog4j2.configurationFile=file:${logging}`,
    ...['-cp', join(kafkaLibraries(), '*'), 'kafka.Kafka', properties],
  ];
}

const binder = 'setpriv';

/** The kernel kills it when this process dies, where it can be told to. */
function spawnBound(command: string, args: readonly string[], log: number): ChildProcess {
  const binding = ['--pdeathsig', 'KILL', '--'];
  const bound = spawnSync(binder, [...binding, 'true']).status === 0;
  const [program, given] = bound ? [binder, [...binding, command, ...args]] : [command, [...args]];
  return spawn(program, given, { stdio: ['ignore', log, log] });
}

/** Where the development servers keep Kafka's jars. */
export function kafkaLibraries(): string {
  const { SLUICE_DEV_CACHE, XDG_CACHE_HOME } = process.env;
  const cache = SLUICE_DEV_CACHE ?? join(XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'sluice');
  let names: string[] = [];
  try {
    names = readdirSync(cache).filter((name) => name.startsWith('kafka-'));
  } catch {
    // Said below.
  }
  const newest = names.sort().at(-1);
  if (newest === undefined)
    throw new Error(
      `${cache} has no Kafka: cases with brokers of their own need the native servers (SLUICE_DEV_PROVIDER=native).`,
    );
  return join(cache, newest);
}

export const loggingProperties = `status=error
appender.out.type=Console
appender.out.name=out
appender.out.layout.type=PatternLayout
appender.out.layout.pattern=%d %p %m (%c{1})%n
rootLogger.level=warn
rootLogger.appenderRef.out.ref=out
logger.server.name=kafka.server.KafkaRaftServer
logger.server.level=info
`;
