import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { dashboardFiles } from './dashboard-files.ts';
import { root } from './places.ts';
import { waysPages } from './ways-pages.ts';

// `npm run generate`: writes the dashboards and the pages of alerts.
for (const [path, text] of dashboardFiles()) {
  const file = join(root, path);
  writeFileSync(file, await format(text, { ...(await resolveConfig(file)), filepath: file }));
  process.stdout.write(`${path}\n`);
}
for (const [path, text] of waysPages()) {
  writeFileSync(join(root, path), text);
  process.stdout.write(`${path}\n`);
}
