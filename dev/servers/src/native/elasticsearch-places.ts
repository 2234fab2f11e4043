import { chownSync, lstatSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { RunAs } from '../bound-process.ts';
import type { Folders } from '../folders.ts';

/** Elasticsearch refuses to be root; this is "nobody" on every Linux. */
const nobody: RunAs = { uid: 65534, gid: 65534 };

/** Where Elasticsearch is kept and works, and as whom it runs. */
export interface ElasticsearchPlaces {
  cache: string;
  work: string;
  /** Only when this process is root. */
  runAs?: RunAs;
  /** Gives the work folder to the user it runs as. */
  handOver(): void;
}

/**
 * The usual folders; but for root, who has to run Elasticsearch as nobody, folders below /var/tmp instead of
 * those that nobody cannot reach, such as anything below a home folder of mode 0700.
 */
export function elasticsearchPlaces(folders: Folders): ElasticsearchPlaces {
  const usual = join(folders.data, 'elasticsearch');
  if (process.getuid?.() !== 0) return { cache: folders.cache, work: usual, handOver: () => undefined };
  const cache = isOpenToAll(folders.cache) ? folders.cache : ownFolder('/var/tmp/sluice-root-cache');
  const work = isOpenToAll(folders.home) ? usual : ownFolder(`/var/tmp/sluice-root-${folders.homeId}`);
  return { cache, work, runAs: nobody, handOver: () => giveAway(work) };
}

/** Whether any user can pass through the folder and all above it; of a missing one, through those that exist. */
export function isOpenToAll(folder: string): boolean {
  const mode = statSync(folder, { throwIfNoEntry: false })?.mode;
  if (mode !== undefined && (mode & 0o005) !== 0o005) return false;
  return dirname(folder) === folder || isOpenToAll(dirname(folder));
}

/** In a folder where everybody writes, one of this name may be somebody else's trap. */
function ownFolder(path: string): string {
  mkdirSync(path, { recursive: true, mode: 0o755 });
  const found = lstatSync(path);
  if (!found.isDirectory() || (found.uid !== 0 && found.uid !== nobody.uid)) {
    throw new Error(`${path} belongs to somebody else: remove it, or run as another user than root.`);
  }
  return path;
}

function giveAway(path: string): void {
  chownSync(path, nobody.uid, nobody.gid);
  if (!lstatSync(path).isDirectory()) return;
  for (const name of readdirSync(path)) giveAway(join(path, name));
}
