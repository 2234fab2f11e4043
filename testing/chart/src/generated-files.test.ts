import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { chartFolder, root } from './chart-folder.ts';
import { generatedFiles } from './generated-files.ts';
import { readValuesShape } from './values-shape.ts';

/** Whatever the formatter does: blanks, and the width of tables. */
const plain = (text: string): string => text.replaceAll(/\s+/g, '').replaceAll(/-{3,}/g, '---');

test('generated files are as "npm run generate" writes them', async () => {
  for (const [path, text] of await generatedFiles())
    expect([path, plain(readFileSync(join(root, path), 'utf8'))]).toEqual([path, plain(text)]);
});

test('the defaults of values.yaml are values', async () => {
  const values: unknown = parse(readFileSync(join(chartFolder, 'values.yaml'), 'utf8'));
  const valuesShape = await readValuesShape();
  expect(valuesShape.safeParse(values).error?.issues).toBeUndefined();
});

test('every form of a value shows an example, which is of that form, and nothing else is taken for it', async () => {
  const schema = (await generatedFiles()).get('helm/sluice/values.schema.json') ?? '';
  const patterns = [...schema.matchAll(/"pattern": ("(?:[^"\\]|\\.)*")/g)].map(
    ([, text = '""']) => JSON.parse(text) as string,
  );
  expect(patterns.length).toBeGreaterThan(20);
  for (const pattern of patterns) {
    const [, example = ''] = /\|for example (.*)\^$/.exec(pattern) ?? [];
    const plain = example.replaceAll('\\', '');
    expect([pattern, new RegExp(pattern, 'u').test(plain)]).toEqual([pattern, plain !== '']);
    expect(new RegExp(pattern, 'u').test(`for example ${plain}`)).toBe(false);
  }
});
