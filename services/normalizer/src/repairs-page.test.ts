import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEchat } from './echat/parse.ts';
import { repairs } from './repair.ts';
import { parseSobot } from './sobot/parse.ts';

const page = readFileSync(join(import.meta.dirname, '../../../docs/reference/repairs.md'), 'utf8');
const rows = page
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) => {
    const [name, sentence, example] = line
      .split(/(?<!\\)\|/)
      .slice(1)
      .map((cell) => cell.trim());
    return {
      name: name?.replaceAll('`', '') ?? '',
      sentence,
      example: example?.replace(/^`+ ?| ?(?<!`)`+$/g, '') ?? '',
    };
  });

test('docs/reference/repairs.md lists every repair, as the code says it', () => {
  expect(Object.fromEntries(rows.map(({ name, sentence }) => [name, sentence]))).toEqual(repairs);
});

/** Of the others the example is described: what is wrong are bytes, or characters that nobody can see. */
test.each(rows.filter(({ example }) => /^[{<]/.test(example)))(
  '$name: its example needs it, and no other',
  ({ name, example }) => {
    const parse = example.startsWith('{') ? parseSobot : parseEchat;
    const parsed = parse(Buffer.from(example), 'any');
    if (parsed.outcome !== 'parsed') throw new Error(parsed.detail);
    const needed = [...parsed.repairs, ...parsed.records.flatMap((record) => record.repairs)];
    expect(needed).toEqual([name]);
  },
);
