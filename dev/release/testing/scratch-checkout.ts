import { spawnSync } from 'node:child_process';
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { git } from '../src/git.ts';
import { versionFiles } from '../src/plan-release.ts';

const root = join(import.meta.dirname, '../../..');

/** A repository of its own with the files that a release reads, on main, clean, without a tag. */
export interface ScratchCheckout {
  readonly root: string;
  read(file: string): string;
  write(file: string, text: string): void;
  /** Commits whatever is there. */
  commit(subject: string): void;
  git(...args: string[]): string;
  /** `npm run release -- …`, as a process. */
  release(...args: string[]): { code: number | null; output: string };
  remove(): void;
}

/** What the changelog of a scratch checkout has at first. */
export const firstChanges = '### New\n\n- The first thing.\n- The second thing.';

export function scratchCheckout(): ScratchCheckout {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-release-'));
  for (const file of [
    ...versionFiles,
    'schemas/released.json',
    ...globSync('schemas/*/*.avsc', { cwd: root }),
  ])
    cpSync(join(root, file), join(folder, file));
  const checkout: ScratchCheckout = {
    root: folder,
    read: (file) => readFileSync(join(folder, file), 'utf8'),
    write(file, text) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), text);
    },
    commit(subject) {
      git(folder, ['add', '--all']);
      git(folder, ['commit', '--quiet', '--message', subject]);
    },
    git: (...args) => git(folder, args),
    release(...args) {
      const main = join(import.meta.dirname, '../src/main.ts');
      const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
        ...{ cwd: folder, encoding: 'utf8' },
        env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' },
      });
      return { code: status, output: `${stdout}${stderr}` };
    },
    remove: () => rmSync(folder, { recursive: true }),
  };
  checkout.git('init', '--quiet', '--initial-branch=main');
  for (const [name, value] of Object.entries({
    'user.name': 'Release test',
    'user.email': 'release@example.com',
    'commit.gpgSign': 'false',
    'tag.gpgSign': 'false',
    'core.autocrlf': 'false',
  }))
    checkout.git('config', name, value);
  checkout.git('remote', 'add', 'origin', 'git@github.com:Example/Sluice.git');
  checkout.write('CHANGELOG.md', `# Changelog\n\n## Unreleased\n\n${firstChanges}\n`);
  checkout.commit('repo: begin');
  return checkout;
}
