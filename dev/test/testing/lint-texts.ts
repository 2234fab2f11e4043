/**
 * Lints texts as if they was in files of the workspace: reads `[{ file, text }]` from stdin and writes the
 * rules that each of them breaks. A process of its own, because Jest cannot import ESLint's configuration.
 */
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { ESLint } from 'eslint';

const root = join(import.meta.dirname, '../../..');
const texts = (await json(process.stdin)) as { file: string; text: string }[];

const eslint = new ESLint({
  cwd: root,
  overrideConfig: {
    languageOptions: {
      parserOptions: {
        // The files are not there, so no tsconfig.json includes them.
        projectService: {
          allowDefaultProject: [...new Set(texts.map(({ file }) => file))],
          defaultProject: 'tsconfig.base.json',
        },
        tsconfigRootDir: root,
      },
    },
  },
});

const broken: string[][] = [];
for (const { file, text } of texts) {
  const [result] = await eslint.lintText(text, { filePath: join(root, file) });
  broken.push((result?.messages ?? []).map(({ ruleId, message }) => ruleId ?? message));
}
process.stdout.write(JSON.stringify(broken));
