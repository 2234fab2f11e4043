import { writeFileSync } from 'node:fs';
import { renderPage } from './render-page.ts';

writeFileSync(new URL('../../../docs/reference/metrics.md', import.meta.url), renderPage());
