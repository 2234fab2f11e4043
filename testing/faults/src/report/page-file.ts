import { join } from 'node:path';

/** Where the page of results stands. */
export const pageFile = join(import.meta.dirname, '../../../../docs/reference/faults.md');
