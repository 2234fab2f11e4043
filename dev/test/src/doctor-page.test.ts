import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

const files = [
  ...readdirSync(join(root, 'services/cli/src/doctor'))
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name) => `services/cli/src/doctor/${name}`),
  'services/sink-clickhouse/src/examine.ts',
  'services/sink-elasticsearch/src/examine.ts',
  'libs/kafka/src/topic-risks.ts',
];

test('docs/operations/doctor.md names every check that can find something, and no other', () => {
  const code = files.map(read).join('\n');
  const found = [...code.matchAll(/\b(?:risky|broken)\(\s*'([\w-]+)'/g)].map(([, name = '']) => name);
  const [, risks = ''] = /topicRisks = \[(.*?)\]/s.exec(code) ?? [];
  const ofTopics = [...risks.matchAll(/'([\w-]+)'/g)].map(([, name = '']) => name);
  const [, table = ''] = read('docs/operations/doctor.md').split('## Checks');
  const named = [...table.matchAll(/^\|[^|]*\|([^|]*)\|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`([\w-]+)`/g)].map(([, name = '']) => name),
  );
  // It is about the examination, and not about a server.
  const expected = new Set([...found, ...ofTopics].filter((name) => name !== 'examination'));
  expect([...new Set(named)].sort()).toEqual([...expected].sort());
});
