import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

jest.setTimeout(60_000);

const rule = 'sluice/plain-words';

/** Files that are not there. */
const lib = 'libs/stream/src/virtual.ts';
const aTest = 'libs/stream/src/virtual.test.ts';

const cases: { name: string; file: string; text: string; hits: number }[] = [
  { name: 'a house word in a comment', file: lib, text: '/** Reads it anew. */\nexport const x = 1;\n', hits: 1 }, // prettier-ignore
  { name: 'a house word across a line break', file: lib, text: '/**\n * The work goes\n * on.\n */\nexport const x = 1;\n', hits: 1 }, // prettier-ignore
  { name: 'a house word in a message', file: lib, text: "export const x = 'Kafka is away.';\n", hits: 1 },
  { name: 'a house word in a template', file: lib, text: 'export const x = (n: number) => `Kafka is away for ${n} s.`;\n', hits: 1 }, // prettier-ignore
  { name: 'a house word as a name', file: lib, text: "export const anew = 'anew';\n", hits: 0 },
  { name: 'a house word in quoted code', file: lib, text: '/** Calls `anew`. */\nexport const x = 1;\n', hits: 0 }, // prettier-ignore
  { name: 'a plain comment', file: lib, text: '/** Null if nothing came. Default: 5 s. */\nexport const x = 1;\n', hits: 0 }, // prettier-ignore
  { name: 'a house word in the name of a test', file: aTest, text: "test('Kafka is away', () => undefined);\n", hits: 1 }, // prettier-ignore
  { name: 'a house word in the name of a table of tests', file: aTest, text: "test.each([1])('%s is read anew', () => undefined);\n", hits: 1 }, // prettier-ignore
  { name: 'a house word in the data of a test', file: aTest, text: "test.each(['Kafka is away'])('%s', () => undefined);\n", hits: 0 }, // prettier-ignore
];

let found: string[][];
beforeAll(() => {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [join(import.meta.dirname, '../testing/lint-texts.ts')],
    { input: JSON.stringify(cases), encoding: 'utf8', env: { ...process.env, NX_DAEMON: 'false' } },
  );
  if (status !== 0) throw new Error(`The texts could not be linted:\n${stderr}`);
  found = JSON.parse(stdout) as string[][];
});

test.each(cases.map((one, index) => ({ ...one, index })))('$name: $hits', ({ hits, index }) => {
  expect(found[index]!.filter((id) => id === rule)).toHaveLength(hits);
});
