import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, getFileInfo, resolveConfig } from 'prettier';
import { root } from './chart-folder.ts';
import { generatedFiles } from './generated-files.ts';

// `npm run generate`: writes what is made of the code.
for (const [path, text] of await generatedFiles()) {
  const file = join(root, path);
  const { ignored } = await getFileInfo(file, { ignorePath: join(root, '.prettierignore') });
  writeFileSync(
    file,
    ignored ? text : await format(text, { ...(await resolveConfig(file)), filepath: file }),
  );
  process.stdout.write(`${path}\n`);
}
