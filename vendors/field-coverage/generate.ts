import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withEventTypes } from './event-types.ts';
import { renderPage } from './page.ts';

const docs = join(import.meta.dirname, '../../docs');
writeFileSync(join(docs, 'reference/field-coverage.md'), await renderPage());

const subscribing = join(docs, 'guides/subscribing.md');
writeFileSync(subscribing, withEventTypes(readFileSync(subscribing, 'utf8')));
