import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { retentionAlertMs } from '@sluice/kafka/topic-risks';
import { chartFolder } from './chart-folder.ts';

test('a short retention is one that the alert SluiceRetentionClock cannot precede', () => {
  const rules = readFileSync(join(chartFolder, 'files/alerts/workers.yaml'), 'utf8');
  const [, rule = ''] = rules.split('alert: SluiceRetentionClock\n');
  expect(rule).toContain(`(sluice_retention_seconds) < ${retentionAlertMs / 1000}\n`);
});
