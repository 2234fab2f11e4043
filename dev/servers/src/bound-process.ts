import { spawnSync } from 'node:child_process';
import { findOnPath } from './find-on-path.ts';

/** Another user to run as: of root's, since Elasticsearch refuses to be root. */
export interface RunAs {
  uid: number;
  gid: number;
}

/** A command line and the user that Node is to start it as. */
export interface BoundCommand {
  command: string;
  args: string[];
  runAs?: RunAs;
}

/**
 * The command line that runs a program so that the kernel sends it SIGTERM when the process that started it dies,
 * even by SIGKILL. Where `setpriv` is missing (macOS) the program is run as it is: what then survives a killed
 * supervisor is ended by the next one.
 */
export function bindToParent(command: string, args: readonly string[], runAs?: RunAs): BoundCommand {
  const setpriv = findSetpriv();
  if (setpriv === undefined) return { command, args: [...args], ...(runAs && { runAs }) };
  const identity = runAs ? [`--reuid=${runAs.uid}`, `--regid=${runAs.gid}`, '--clear-groups'] : [];
  return { command: setpriv, args: [...identity, '--pdeathsig', 'TERM', '--', command, ...args] };
}

let known: { path: string | undefined } | undefined;

function findSetpriv(): string | undefined {
  known ??= { path: usable(findOnPath('setpriv', process.env)) };
  return known.path;
}

/** Busybox has a setpriv without this option. */
function usable(setpriv: string | undefined): string | undefined {
  if (setpriv === undefined) return undefined;
  return spawnSync(setpriv, ['--pdeathsig', 'TERM', '--', 'true']).status === 0 ? setpriv : undefined;
}
