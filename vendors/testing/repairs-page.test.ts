import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { commonRepairs } from '@sluice/vendor-kit/mapping/repair';
import type { Parsed } from '@sluice/vendor-kit/mapping/mapping';
import { vendors } from '../index.ts';
import { useMappings } from './golden-source.ts';

const mappings = useMappings();
const ids = Object.keys(vendors);

const page = readFileSync(join(import.meta.dirname, '../../docs/reference/repairs.md'), 'utf8');
const rows = page
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) => {
    const [name, message, example] = line
      .split(/(?<!\\)\|/)
      .slice(1)
      .map((cell) => cell.trim());
    return {
      name: name?.replaceAll('`', '') ?? '',
      message,
      example: example?.replace(/^`+ ?| ?(?<!`)`+$/g, '') ?? '',
    };
  });

test('docs/reference/repairs.md lists every repair, as the code says it', () => {
  expect(Object.fromEntries(rows.map(({ name, message }) => [name, message]))).toEqual(
    Object.assign({}, commonRepairs, ...ids.map((id) => mappings.of(id).repairs)),
  );
});

/** Of the others the example is described: what is wrong are bytes, or characters that nobody can see. */
test.each(rows.filter(({ example }) => /^[{<]/.test(example)))(
  '$name: its example needs it, and no other',
  ({ name, example }) => {
    // By the vendor whose format it is.
    const read = ids.map((id): Parsed => mappings.of(id).pushes.parse(Buffer.from(example), 'any', ''));
    const parsed = read.find(({ outcome }) => outcome === 'parsed');
    if (parsed?.outcome !== 'parsed') throw new Error('No vendor reads it.');
    const needed = [...parsed.repairs, ...parsed.records.flatMap((record) => record.repairs)];
    expect(needed).toEqual([name]);
  },
);
