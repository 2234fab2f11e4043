import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundlePanel } from './bundle-panel.ts';

/** Writes dist/panel.js: the image holds no bundler. */
const dist = join(import.meta.dirname, '../dist');
mkdirSync(dist, { recursive: true });
writeFileSync(join(dist, 'panel.js'), await bundlePanel());
