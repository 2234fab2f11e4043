#!/usr/bin/env node
// Sources are TypeScript that Node 24 runs as they stand; an older Node hands over to the pinned one.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
if (Number.parseInt(process.versions.node, 10) >= 24) {
  await import(main);
} else {
  const pinned = join(root, 'node_modules/.bin/node');
  if (!existsSync(pinned)) {
    console.error(
      `sluice needs Node 24 or newer, and this is ${process.versions.node}: install it, or run "npm ci" first.`,
    );
    process.exit(1);
  }
  process.exit(spawnSync(pinned, [main, ...process.argv.slice(2)], { stdio: 'inherit' }).status ?? 1);
}
