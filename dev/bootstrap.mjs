/**
 * `node dev/bootstrap.mjs <script.ts> [args]`: runs a script of this repository on a fresh clone. Installs the
 * packages when they are missing or not those of package-lock.json, then runs the script with the Node it needs.
 * This file alone must run on Node 20 and without any package: "devEngines" of package.json. All other code needs the Node
 * that "engines" says; on Linux, the package node-linux-* brings it.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const modules = join(root, 'node_modules');
const stamp = join(modules, '.sluice-lock-hash');
/** The folder that one run makes to be the one that installs. Outside node_modules, which `npm ci` removes. */
const installing = join(root, '.sluice', 'installing');
/** Holds the installer's process id, and is written anew every second. */
const beat = join(installing, 'beat');
const staleAfterMs = 15_000;

function fail(sentence) {
  console.error(sentence);
  process.exit(1);
}

function lockHash() {
  return createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
}

function isInstalled() {
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === lockHash();
}

/** Installs unless it is done; of two that come at once, one installs and the other waits. */
async function installOnce() {
  let waiting = false;
  while (!isInstalled()) {
    if (takeInstallLock()) {
      const beating = setInterval(touch, 1000);
      try {
        // The one that waited for the lock may find the work done.
        if (!isInstalled()) await install();
      } finally {
        clearInterval(beating);
        rmSync(installing, { recursive: true, force: true });
      }
    } else {
      if (!waiting) console.error('Waiting for another run that installs the packages…');
      waiting = true;
      await delay(200);
    }
  }
}

function takeInstallLock() {
  mkdirSync(join(root, '.sluice'), { recursive: true });
  try {
    mkdirSync(installing);
    touch();
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  if (isStale()) rmSync(installing, { recursive: true, force: true });
  return false;
}

/** Whether the run that made the folder has ended without removing it. */
function isStale() {
  const last = statSync(beat, { throwIfNoEntry: false }) ?? statSync(installing, { throwIfNoEntry: false });
  if (!last) return false;
  if (Date.now() - last.mtimeMs > staleAfterMs) return true;
  try {
    process.kill(Number(readFileSync(beat, 'utf8')), 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}

function touch() {
  // A machine that slept may have lost the folder to another run.
  if (existsSync(installing)) writeFileSync(beat, `${process.pid}`);
}

async function install() {
  console.error('Installing packages (first run, about a minute)…');
  const npm = spawn('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  });
  const code = await new Promise((settle) => {
    npm.once('error', (error) => settle(error.message));
    npm.once('exit', (exitCode, signal) => settle(exitCode ?? signal));
  });
  if (code !== 0) {
    rmSync(installing, { recursive: true, force: true });
    fail(
      `The packages could not be installed ("npm ci" ended with ${code}): see the lines above, then run again.`,
    );
  }
  writeFileSync(stamp, lockHash());
}

/** The Node of the package node-linux-*, else this one. */
function findNode() {
  const pinned = join(modules, '.bin', 'node');
  if (existsSync(pinned)) return pinned;
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 24 || (major === 24 && minor >= 12)) return process.execPath;
  return fail(
    `Sluice needs Node 24.12 or newer and this is ${process.version}: install Node 24 from nodejs.org.`,
  );
}

if (Number(process.versions.node.split('.')[0]) < 20) {
  fail(
    `Sluice needs Node 20 or newer to start and this is ${process.version}: install Node 24 from nodejs.org.`,
  );
}
const [script, ...args] = process.argv.slice(2);
if (script === undefined) fail('Usage: node dev/bootstrap.mjs <script.ts> [args]');

await installOnce();

const child = spawn(findNode(), [resolve(script), ...args], {
  stdio: 'inherit',
  env: {
    ...process.env,
    PATH: `${join(modules, '.bin')}${delimiter}${process.env.PATH ?? ''}`,
    // Every process that is started compiles the same modules: the second one finds them compiled.
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(modules, '.cache', 'node-compile'),
    // Nx neither phones home nor leaves a daemon behind.
    NX_DAEMON: 'false',
    NX_NO_CLOUD: 'true',
    NX_CLOUD_NO_ANALYTICS: 'true',
    NX_ANALYTICS: 'false',
  },
});
// A terminal sends Ctrl-C to its whole foreground group, so that the child has it already; a signal sent to this process
// alone (kill, npm, a CI runner) has not reached it. The child may get two: it takes them as one.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill('SIGTERM'));
// npm that was killed tells nobody.
if (process.env.npm_lifecycle_event) {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) child.kill('SIGTERM');
  }, 500).unref();
}
child.once('error', (error) => fail(`${script} could not be run: ${error.message}.`));
child.once('exit', (code, signal) => {
  process.exit(code ?? (signal === 'SIGINT' ? 130 : 143));
});
