import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderPage } from './page.ts';

writeFileSync(join(import.meta.dirname, '../../../docs/field-coverage.md'), renderPage());
