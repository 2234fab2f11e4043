import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const bin = join(import.meta.dirname, '../../../node_modules/.bin');

// The linter needs the API of TypeScript 6, which has a command of the same name. npm links the one of the package that comes
// first in the alphabet, `@typescript/compiler`: the native compiler, which is several times as fast.
test('tsc is TypeScript 7', () => {
  expect(execFileSync(join(bin, 'tsc'), ['--version'], { encoding: 'utf8' })).toMatch(/^Version 7\./);
});
