import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { endpointsAt, portSettings, type Ports } from '../endpoints.ts';
import type { Fleet } from '../fleet.ts';
import { repositoryRoot } from '../folders.ts';
import { assertPortsFree } from '../free-port.ts';
import type { Report } from '../progress.ts';

const project = ['compose', '-p', 'sluice', '-f', 'docker-compose.yml'];

/** Ports that docker-compose.yml publishes; the others stay inside the containers. */
export const dockerPorts = ['kafka', 'registry', 'elasticsearch', 'clickhouse'] as const;

/** The four servers in containers, by the repository's docker-compose.yml. Their data is kept in named volumes. */
export function dockerFleet(ports: Ports, env: NodeJS.ProcessEnv): Fleet {
  return {
    async start(report, signal) {
      const running = await docker(['ps', '-q', '--status', 'running'], env, () => undefined, signal);
      // Containers of a killed supervisor hold the ports themselves, and are taken over.
      if (running.lastLine === '') {
        await assertPortsFree(
          'Docker',
          dockerPorts.map((name) => ({ port: ports[name], variable: portSettings[name].variable })),
        );
      }
      report({ stage: 'start', message: 'Starting the containers (the first time, images are pulled)' });
      const up = await docker(['up', '-d', '--wait', '--quiet-pull'], env, report, signal);
      signal.throwIfAborted();
      if (up.code !== 0) {
        throw new Error(
          `docker compose could not start the servers (${up.lastLine}): see "docker compose -p sluice logs".`,
        );
      }
      report({ stage: 'ready', message: 'All containers are healthy' });
      return endpointsAt(ports, 'docker');
    },
    async stop(report) {
      report({ stage: 'stop', message: 'Stopping the containers' });
      await docker(['stop'], env, () => undefined);
    },
  };
}

/** Runs `docker compose` on the project, each line of its output being progress. Never rejects. */
function docker(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  report: Report,
  signal?: AbortSignal,
): Promise<{ code: number | null; lastLine: string }> {
  const child = spawn('docker', [...project, ...args], {
    cwd: repositoryRoot,
    env: { ...env, COMPOSE_PROGRESS: 'plain', COMPOSE_ANSI: 'never' },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(signal && { signal }),
  });
  let lastLine = '';
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      if (line.trim() === '') return;
      lastLine = line.trim();
      report({ stage: 'start', message: lastLine });
    });
  }
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ code: null, lastLine: error.message }));
    child.once('close', (code) => resolve({ code, lastLine }));
  });
}
