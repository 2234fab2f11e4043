import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { chartFolder, root } from './chart-folder.ts';
import { generatedFiles } from './generated-files.ts';
import { valuesShape } from './values-shape.ts';

/** Whatever the formatter does: blanks, and the width of tables. */
const plain = (text: string): string => text.replaceAll(/\s+/g, '').replaceAll(/-{3,}/g, '---');

test.each([...generatedFiles()])('%s is as "npm run generate" writes it', (path, text) => {
  expect(plain(readFileSync(join(root, path), 'utf8'))).toBe(plain(text));
});

test('the defaults of values.yaml are values', () => {
  const values: unknown = parse(readFileSync(join(chartFolder, 'values.yaml'), 'utf8'));
  expect(valuesShape.safeParse(values).error?.issues).toBeUndefined();
});

test('every form of a value shows an example, which is of that form, and nothing else is taken for it', () => {
  const schema = generatedFiles().get('helm/sluice/values.schema.json') ?? '';
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
