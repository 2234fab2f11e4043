import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';
import { root } from '../system.ts';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

function find(): string | null {
  for (const name of names) {
    const { status, stdout } = spawnSync('which', [name], { encoding: 'utf8' });
    if (status === 0) return stdout.trim();
  }
  return null;
}

/** Debian's own package, where that is allowed: nothing is downloaded from elsewhere. */
function install(): void {
  if (process.getuid?.() !== 0 || spawnSync('which', ['apt-get']).status !== 0) return;
  process.stderr.write('Installing chromium for the browser tests…\n');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  try {
    execFileSync('apt-get', ['update', '-qq'], { env, stdio: 'ignore' });
    const packages = ['chromium', 'fonts-noto-cjk'];
    execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], {
      env,
      stdio: 'ignore',
    });
  } catch {
    // The sentence below says what to do.
  }
}

/** The path of a browser, installed if need be; null, with a line that says how, where there is none. */
export function findBrowser(): string | null {
  const found = find() ?? (install(), find());
  if (found === null)
    process.stderr.write('No browser, so its tests are skipped: run "apt-get install chromium" as root.\n');
  return found;
}

export function launchBrowser(path: string): Promise<Browser> {
  // Root in a container has no sandbox of its own.
  return chromium.launch({ executablePath: path, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
}

/** Where screenshots are kept. */
export function screenshotPath(name: string): string {
  const folder = join(root, '.sluice/screenshots');
  mkdirSync(folder, { recursive: true });
  return join(folder, `${name}.png`);
}
