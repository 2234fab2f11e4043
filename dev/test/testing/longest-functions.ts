/**
 * Writes the length of the longest function of more than 40 lines in each of some files, as lint counts it: reads
 * `["file"]` from stdin. A process of its own, because Jest cannot import ESLint.
 */
import { join, relative } from 'node:path';
import { json } from 'node:stream/consumers';
import { ESLint } from 'eslint';
import { parser } from 'typescript-eslint';

const root = join(import.meta.dirname, '../../..');
const rule = 'max-lines-per-function';
const eslint = new ESLint({
  cwd: root,
  overrideConfigFile: true,
  allowInlineConfig: false,
  overrideConfig: {
    files: ['**/*.ts'],
    languageOptions: { parser },
    rules: { [rule]: ['error', { max: 40, skipBlankLines: true, skipComments: true }] },
  },
});

const longest: Record<string, number> = {};
for (const { filePath, messages } of await eslint.lintFiles((await json(process.stdin)) as string[])) {
  const lengths = messages.map(({ message }) => Number(/\((\d+)\)/.exec(message)?.[1]));
  longest[relative(root, filePath)] = Math.max(0, ...lengths);
}
process.stdout.write(JSON.stringify(longest));
