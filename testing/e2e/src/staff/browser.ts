import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { chromium, type Browser } from 'playwright-core';
import { root } from '../system.ts';

export interface BrowserProgram {
  readonly path: string;
  /** Variables that name what a small system does not have: libraries and a font. */
  readonly env: Readonly<Record<string, string>>;
}

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/**
 * Chromium of the package @sparticuz/chromium, which carries it for Linux on x64; elsewhere the one that is installed.
 * Without a browser: null, and a line that says how to get one.
 */
export function findBrowser(): BrowserProgram | null {
  if (process.platform === 'linux' && process.arch === 'x64') return unpack();
  for (const name of names) {
    const { status, stdout } = spawnSync('which', [name], { encoding: 'utf8' });
    if (status === 0) return { path: stdout.trim(), env: {} };
  }
  process.stderr.write('No browser, so its tests are skipped: install Chromium or Chrome.\n');
  return null;
}

/** The package's font is Latin: Chinese is drawn in a font of the system, or as boxes in screenshots where it has none. */
const fontsConfig = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>/usr/share/fonts</dir>
  <dir prefix="relative">fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
`;

/** Unpacks the package once for each installation, in 3 s; of two that come at once, one is kept. */
function unpack(): BrowserProgram {
  const packed = join(dirname(createRequire(import.meta.url).resolve('@sparticuz/chromium')), '../bin');
  const folder = join(root, 'node_modules/.cache', `chromium-${versionOf(join(packed, '../package.json'))}`);
  if (!existsSync(folder)) {
    mkdirSync(dirname(folder), { recursive: true });
    const partial = mkdtempSync(`${folder}-`);
    writeFileSync(join(partial, 'chromium'), inflated(join(packed, 'chromium.br')), { mode: 0o755 });
    for (const name of ['al2023', 'fonts', 'swiftshader'])
      execFileSync('tar', ['-x', '-C', partial], { input: inflated(join(packed, `${name}.tar.br`)) });
    writeFileSync(join(partial, 'fonts.conf'), fontsConfig);
    keepOne(partial, folder);
  }
  return {
    path: join(folder, 'chromium'),
    env: { LD_LIBRARY_PATH: join(folder, 'lib'), FONTCONFIG_FILE: join(folder, 'fonts.conf') },
  };
}

function keepOne(partial: string, folder: string): void {
  try {
    renameSync(partial, folder);
  } catch (error) {
    rmSync(partial, { recursive: true });
    if (!existsSync(folder)) throw error;
  }
}

const inflated = (file: string): Buffer => brotliDecompressSync(readFileSync(file));

function versionOf(manifest: string): string {
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version;
}

export function launchBrowser({ path, env: own }: BrowserProgram): Promise<Browser> {
  const env = Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  return chromium.launch({
    executablePath: path,
    // Root in a container has no sandbox of its own.
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
    env: { ...env, ...own },
  });
}

/** Where screenshots are kept. */
export function screenshotPath(name: string): string {
  const folder = join(root, '.sluice/screenshots');
  mkdirSync(folder, { recursive: true });
  return join(folder, `${name}.png`);
}
