import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { findOnPath } from '@sluice/dev-servers/find-on-path';
import { foldersFrom } from '@sluice/dev-servers/folders';

/** The programs of Prometheus, or one message that says why there are none and what to do. */
export type FoundPrometheus =
  | { readonly outcome: 'there'; readonly prometheus: string; readonly promtool: string }
  | { readonly outcome: 'absent'; readonly reason: string };

const patienceMs = 120_000;

/**
 * Finds Prometheus and its promtool: on PATH, or in the cache, or in the package of this machine's distribution,
 * which is unpacked into the cache and not installed.
 * Synchronous: tests are declared by what it finds.
 */
export function findPrometheus(env: NodeJS.ProcessEnv): FoundPrometheus {
  const prometheus = findOnPath('prometheus', env);
  const promtool = findOnPath('promtool', env);
  if (prometheus && promtool) return { outcome: 'there', prometheus, promtool };
  const { cache } = foldersFrom(env);
  const folder = join(cache, 'prometheus-of-distribution');
  const complaint = existsSync(folder) ? undefined : unpackPackage(cache, folder, env);
  if (complaint === undefined)
    return {
      outcome: 'there',
      prometheus: join(folder, 'usr/bin/prometheus'),
      promtool: join(folder, 'usr/bin/promtool'),
    };
  return {
    outcome: 'absent',
    reason: `There is no Prometheus on PATH, and its package could not be had (${complaint}): install Prometheus, so that prometheus and promtool are on PATH.`,
  };
}

/** @returns what went wrong; undefined when the folder is there */
function unpackPackage(cache: string, folder: string, env: NodeJS.ProcessEnv): string | undefined {
  mkdirSync(cache, { recursive: true });
  const partial = mkdtempSync(join(cache, '.partial-prometheus-'));
  const unpacked = join(partial, 'unpacked');
  try {
    const loaded = run('apt-get', ['download', '-q', 'prometheus'], partial, env);
    if (loaded !== undefined) return loaded;
    const archive = readdirSync(partial).find((name) => name.endsWith('.deb'));
    if (archive === undefined) return 'apt-get brought no package';
    const broken = run('dpkg-deb', ['-x', archive, unpacked], partial, env);
    if (broken !== undefined) return broken;
    // Somebody else may have been faster: then theirs stays.
    if (!existsSync(folder)) renameSync(unpacked, folder);
    return undefined;
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

/** @returns what went wrong; undefined when it went well */
function run(
  program: string,
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
): string | undefined {
  const { error, status, stderr } = spawnSync(program, args, {
    ...{ cwd, env, encoding: 'utf8', timeout: patienceMs },
  });
  if (error) return error.message;
  if (status === 0) return undefined;
  return `${program} ended with ${status ?? 'a signal'}: ${stderr.trim().split('\n').at(-1) ?? ''}`;
}
