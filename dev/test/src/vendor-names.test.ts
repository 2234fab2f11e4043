import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, matchesGlob } from 'node:path';
import { vendors } from '@sluice/vendors';

const root = join(import.meta.dirname, '../../..');

/** Where a vendor's name may stand, and why. */
const exempt: readonly (readonly [glob: string, reason: string])[] = [
  ['vendors/**', 'everything that knows a vendor'],
  ['docs/**', 'pages for people, who have accounts at these vendors'],
  ['**/README*.md', 'the same'],
  ['{ARCHITECTURE,CONTRIBUTING,CHANGELOG}.md', 'the same'],
  ['examples/**', 'the same'],
  ['dev/test/src/docs.test.ts', 'tries the examples of these pages'],
  ['config/**', 'configuration: the sources are accounts at these vendors'],
  ['helm/sluice/ci/*-values.yaml', 'configuration of the same kind'],
  ['helm/sluice/files/{acls,topics}.json', 'generated from the list of vendors'],
  ['sdk/**', 'the SDK of one vendor’s staff pages'],
  ['testing/workbench-emulator/src/**', 'the workbench of that vendor, which the SDK talks with'],
  ['**/fixtures/**', 'what vendors sent'],
  ['testing/e2e/vectors/**', 'ciphertexts of these vendors, by another implementation'],
  ['schemas/*/*.avsc', 'released schemas, which never change'],
  ['schemas/src/generated/**', 'generated from them'],
  [
    'schemas/model/*.ts',
    'docs of canonical fields, which name the vendors’ fields and are part of released schemas',
  ],
  ['eslint-long-functions.mjs', 'paths of files of the folders above'],
  ['package-lock.json', 'names of packages'],
  ['cspell-words.txt', 'words of the files above'],
];

/** The ids and both names of each vendor: `Echat 一洽` has two. */
const names = Object.values(vendors).flatMap(({ id, name }) => [id, ...name.split(' ')]);
const escaped = (name: string): string => name.replaceAll(/[^\p{L}\p{N}]/gu, '\\$&');
/** As a word or a part of one; `wechat` names no vendor of ours. */
const named = new RegExp(
  names
    .flatMap((name) => [...new Set([name, name.toLowerCase(), name.toUpperCase()])])
    .map((name) =>
      /^[a-z]/i.test(name)
        ? `(?<![${/^[A-Z]/.test(name) ? 'A-Z' : 'A-Za-z'}])${escaped(name)}`
        : escaped(name),
    )
    .join('|'),
);
/** The package of the SDK is called so. */
const sdkName = /echat-staff(?:-sdk)?/g;

const tracked = execFileSync('git', ['ls-files', '-z'], {
  cwd: root,
  encoding: 'utf8',
  maxBuffer: 64 * 1024 * 1024,
})
  .split('\0')
  .filter((file) => file !== '' && file !== 'dev/test/src/vendor-names.test.ts');
const naming = tracked.filter((file) => {
  if (exempt.some(([glob]) => matchesGlob(file, glob))) return false;
  return named.test(readFileSync(join(root, file), 'utf8').replaceAll(sdkName, ''));
});

test('the name of a vendor is told from other words', () => {
  const first = Object.values(vendors)[0]!;
  for (const text of [
    first.id,
    `raw.${first.id}`,
    `${first.id}Token`,
    `of${first.name}`,
    first.id.toUpperCase(),
  ])
    expect(text).toMatch(named);
  for (const text of ['wechat', 'WeChat', 'WECHAT', 'a vendor']) expect(text).not.toMatch(named);
});

test('no other file names a vendor', () => {
  expect(naming).toEqual([]);
});

test('each exemption is of files that are there', () => {
  expect(exempt.filter(([glob]) => !tracked.some((file) => matchesGlob(file, glob)))).toEqual([]);
});
