import { createHash } from 'node:crypto';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** Root of the repository: where docker-compose.yml and the data folder are. */
export const repositoryRoot = resolve(import.meta.dirname, '../../..');

/** Every place on disk that the development servers use. */
export interface Folders {
  /** Data, configuration and logs; one set of servers per home. */
  home: string;
  data: string;
  config: string;
  logs: string;
  /** Downloads, shared by every clone of the repository. */
  cache: string;
  /** The supervisor's socket: one open connection is one lease. */
  socket: string;
  /** The file whose lock makes the supervisor the only one of its home. */
  lock: string;
  /** Names this home in the command line of every process started for it. */
  homeId: string;
}

/** The kernels' limit for a socket's path is 104 (macOS) and 108 (Linux) bytes. */
const longestSocketPath = 100;

/** The folders as `SLUICE_DEV_HOME`, `SLUICE_DEV_CACHE` and `XDG_CACHE_HOME` set them. Creates nothing. */
export function foldersFrom(env: NodeJS.ProcessEnv): Folders {
  const home = resolve(env.SLUICE_DEV_HOME ?? join(repositoryRoot, '.sluice'));
  const cache = resolve(
    env.SLUICE_DEV_CACHE ?? join(env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'sluice'),
  );
  const homeId = createHash('sha256').update(home).digest('hex').slice(0, 12);
  const socket = join(home, 'supervisor.sock');
  return {
    home,
    data: join(home, 'data'),
    config: join(home, 'config'),
    logs: join(home, 'logs'),
    cache,
    socket: Buffer.byteLength(socket) <= longestSocketPath ? socket : join(tmpdir(), `sluice-${homeId}.sock`),
    lock: join(home, 'supervisor.lock'),
    homeId,
  };
}
