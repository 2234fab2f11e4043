import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { kafkaUsers } from '@sluice/cli/kafka-users';
import { aclPage } from './acl-page.ts';
import { productionPackages } from '@sluice/cli/production-packages';
import { chartFolder, root } from './chart-folder.ts';
import { licencesPage } from './licences-page.ts';
import { sinksFile } from './sinks-file.ts';
import { topicsFile } from './topics-file.ts';
import { readValuesShape } from './values-shape.ts';
import { valuesTable } from './values-table.ts';

const begin = '<!-- The tables below are generated. -->';
/** Prettier pads each row to the widest cell, so that one long text changes and widens every row. */
const [unformatted, formatted] = ['<!-- prettier-ignore-start -->', '<!-- prettier-ignore-end -->'];

/** Every file that is made of the code, by its path in the repository. Not formatted yet. */
export async function generatedFiles(): Promise<Map<string, string>> {
  const readme = readFileSync(join(chartFolder, 'README.md'), 'utf8').split(begin)[0] ?? '';
  const table = valuesTable(readFileSync(join(chartFolder, 'values.yaml'), 'utf8'));
  return new Map([
    ['helm/sluice/values.schema.json', json(z.toJSONSchema(await readValuesShape(), { target: 'draft-7' }))],
    ['helm/sluice/files/sinks.json', json(sinksFile())],
    ['helm/sluice/files/topics.json', json(topicsFile())],
    ['helm/sluice/files/acls.json', json({ users: kafkaUsers })],
    ['helm/sluice/README.md', `${readme}${begin}\n\n${unformatted}\n\n${table}\n\n${formatted}\n`],
    ['docs/reference/licences.md', licencesPage(productionPackages(join(root, 'package-lock.json')))],
    ['docs/reference/kafka-acls.md', aclPage(kafkaUsers)],
  ]);
}

const json = (value: unknown): string => JSON.stringify(value, null, 2);
