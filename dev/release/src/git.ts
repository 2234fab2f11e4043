import { spawnSync } from 'node:child_process';

/** What Git knows of a checkout. Nothing is asked of a remote. */
export interface GitState {
  /** Null where HEAD is on no branch. */
  readonly branch: string | null;
  /** Files that are not as they were committed, or not known to Git. */
  readonly dirty: readonly string[];
  /** Of the last release; null before the first. */
  readonly lastTag: string | null;
  /** Since the last release, or since the beginning; the newest first. */
  readonly subjects: readonly string[];
  /** How many commits the remote's branch has, as last fetched, that this one lacks. */
  readonly behind: number;
  /** The URL of the remote `origin`; null without one. */
  readonly remote: string | null;
}

/** Runs Git and returns what it printed, trimmed. @throws with what it complained of */
export function git(root: string, args: readonly string[], input = ''): string {
  const { status, stdout, stderr, error } = spawnSync('git', args, {
    ...{ cwd: root, encoding: 'utf8', input },
    maxBuffer: 64 * 1024 * 1024,
  });
  if (error) throw new Error('Git cannot be run: install it.', { cause: error });
  if (status !== 0) throw new Error(`"git ${args.join(' ')}" failed: ${stderr.trim()}`);
  return stdout.trimEnd();
}

/** What Git printed; null when it failed: the name asked for is not there. */
export function gitOrNull(root: string, args: readonly string[]): string | null {
  const { status, stdout } = spawnSync('git', args, {
    ...{ cwd: root, encoding: 'utf8' },
    maxBuffer: 64 * 1024 * 1024,
  });
  return status === 0 ? stdout.trimEnd() : null;
}

/** @throws when `root` is in no checkout */
export function readGitState(root: string): GitState {
  const lastTag = gitOrNull(root, ['describe', '--tags', '--abbrev=0', '--match', 'v[0-9]*']);
  const branch = gitOrNull(root, ['symbolic-ref', '--short', 'HEAD']);
  return {
    branch,
    dirty: linesOf(git(root, ['status', '--porcelain'])).map((line) => line.slice(3)),
    lastTag,
    subjects: linesOf(git(root, ['log', '--format=%s', lastTag === null ? 'HEAD' : `${lastTag}..HEAD`])),
    behind: Number(gitOrNull(root, ['rev-list', '--count', `HEAD..origin/${branch ?? ''}`]) ?? 0),
    remote: gitOrNull(root, ['remote', 'get-url', 'origin']),
  };
}

function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}
