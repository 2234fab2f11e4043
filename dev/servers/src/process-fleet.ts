import type { Endpoints } from './endpoints.ts';
import type { Fleet } from './fleet.ts';
import { assertPortsFree } from './free-port.ts';
import { endOrphans } from './orphans.ts';
import type { Report } from './progress.ts';
import {
  homeArgument,
  launch,
  stopServer,
  waitUntilReady,
  type RunningServer,
  type ServerSpec,
} from './server-process.ts';

/** A server that falls more often than this is left down. */
const restartsAtMost = 3;

/**
 * Servers that are processes of this machine. They start in parallel and stop one after the other, in the order
 * given. One that ends by itself is started again.
 */
export function processFleet(
  servers: readonly ServerSpec[],
  endpoints: Endpoints,
  folders: { logs: string; homeId: string },
): Fleet {
  const running = new Map<ServerSpec, RunningServer>();
  const orphans = homeArgument(folders.homeId);
  const stopping = new AbortController();
  const isStopping = (): boolean => stopping.signal.aborted;

  async function bringUp(spec: ServerSpec, report: Report, signal: AbortSignal): Promise<void> {
    const startedAt = performance.now();
    const what = await spec.prepare(signal);
    await assertPortsFree(spec.title, spec.ports);
    signal.throwIfAborted();
    report({ stage: 'start', server: spec.name, message: `Starting ${spec.title}` });
    const server = launch(spec, what, folders.logs);
    running.set(spec, server);
    await waitUntilReady(server, signal);
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    report({ stage: 'ready', server: spec.name, message: `${spec.title} is up (${seconds} s)` });
  }

  async function keepUp(spec: ServerSpec, report: Report): Promise<void> {
    for (let restarts = 0; restarts < restartsAtMost; restarts++) {
      const server = running.get(spec);
      const reason = await server?.exited;
      if (isStopping()) return;
      const text = `${spec.title} ended by itself (${reason ?? 'never started'}): see ${server?.logFile ?? 'its log'}.`;
      report({ stage: 'exited', server: spec.name, message: `${text} It is started again.` });
      try {
        await bringUp(spec, report, stopping.signal);
      } catch (error) {
        if (!isStopping()) report({ stage: 'exited', server: spec.name, message: messageOf(error) });
        return;
      }
    }
  }

  return {
    async start(report, signal) {
      await endOrphans(orphans);
      const oneFailed = new AbortController();
      const either = AbortSignal.any([signal, oneFailed.signal]);
      const starts = servers.map(async (spec) => {
        try {
          await bringUp(spec, report, either);
        } catch (error) {
          oneFailed.abort(error);
          throw error;
        }
      });
      // Every start has come to its end before the caller may stop the fleet; the first failure is the cause.
      await Promise.allSettled(starts);
      oneFailed.signal.throwIfAborted();
      for (const spec of servers) void keepUp(spec, report);
      return endpoints;
    },

    async stop(report) {
      stopping.abort();
      for (const spec of servers) {
        const server = running.get(spec);
        if (!server) continue;
        report({ stage: 'stop', server: spec.name, message: `Stopping ${spec.title}` });
        await stopServer(server);
      }
      // What a launcher leaves when it has to be killed.
      await endOrphans(orphans);
    },
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
