import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readReleased } from './read-released.ts';
import { renderModule } from './render.ts';

const folder = join(import.meta.dirname, '../src/generated');
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, 'schemas.ts'), renderModule(readReleased()));
