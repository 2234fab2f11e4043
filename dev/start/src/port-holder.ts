import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/**
 * Who listens at a TCP port of this machine, for a person: `node (process 4711 in /home/me/sluice)`. Null where nobody
 * does, or it cannot be seen: the processes of other users.
 */
export function holderOf(port: number): string | null {
  const pid = process.platform === 'linux' ? pidByProc(port) : pidByLsof(port);
  return pid === null ? null : describe(pid);
}

/** By the kernel's tables of sockets and each process' open files. */
function pidByProc(port: number): number | null {
  const inodes = new Set(['tcp', 'tcp6'].flatMap((table) => listeningInodes(`/proc/net/${table}`, port)));
  if (inodes.size === 0) return null;
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name)))
    for (const link of linksOf(`/proc/${pid}/fd`))
      if (inodes.has(/^socket:\[(\d+)\]$/.exec(link)?.[1] ?? '')) return Number(pid);
  return null;
}

function listeningInodes(table: string, port: number): string[] {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  return readOr(table, '')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local = '', , state]) => local.endsWith(`:${hex}`) && state === '0A')
    .flatMap((cells) => cells[9] ?? []);
}

function linksOf(folder: string): string[] {
  try {
    return readdirSync(folder).map((name) => {
      try {
        return readlinkSync(`${folder}/${name}`);
      } catch {
        return '';
      }
    });
  } catch {
    // Another user's, or it has ended.
    return [];
  }
}

function pidByLsof(port: number): number | null {
  try {
    const found = execFileSync('lsof', ['-nP', '-t', `-iTCP:${port}`, '-sTCP:LISTEN'], {
      ...{ encoding: 'utf8', timeout: 5_000 },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return Number(found.split('\n')[0]) || null;
  } catch {
    return null;
  }
}

function describe(pid: number): string {
  const name = readOr(`/proc/${pid}/cmdline`, '').split('\0')[0]?.split('/').at(-1) ?? '';
  const folder = workingFolderOf(pid);
  return `${name === '' ? 'a program' : name} (process ${pid}${folder === '' ? '' : ` in ${folder}`})`;
}

function workingFolderOf(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return '';
  }
}

function readOr(file: string, otherwise: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return otherwise;
  }
}
