import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { vendors } from '@sluice/vendors';

const root = join(import.meta.dirname, '../../../..');

/** What the next release has beyond this one, in conversations that a vendor recorded as a whole. */
export const next = { field: 'release_note', value: 'of the next release', symbol: 'ARCHIVED' } as const;

/** Each edit of the next release: a file, what is there, and what is there then. */
const edits: readonly (readonly [file: string, from: string, to: string])[] = [
  ['schemas/model/conversation.ts', "'ENDED', 'RECORDED')", `'ENDED', 'RECORDED', '${next.symbol}')`],
  [
    'schemas/model/conversation.ts',
    '    companyId,\n',
    `    companyId,\n    text('${next.field}', 'Of the next release.'),\n`,
  ],
];

/** What a vendor's mapping of such a conversation says, and what it says then. */
const recorded = "    phase: constant('RECORDED'),\n";
const recordedNext = `    phase: constant('${next.symbol}'),\n    ${next.field}: constant('${next.value}'),\n`;

/**
 * Makes the next release as a checkout of its own: a copy of this one, whose `conversation.v1` has one more field and
 * one more symbol, with their mapping.
 * @param folder must not be there yet
 * @throws when a file is not what the edits know, or the schemas cannot be generated
 */
export function makeNextBuild(folder: string): void {
  for (const part of [
    'libs',
    'vendors',
    'services',
    'schemas',
    'dev/start',
    'package.json',
    '.prettierrc.json',
  ])
    cpSync(join(root, part), join(folder, part), {
      recursive: true,
      filter: (source) => basename(source) !== 'node_modules',
    });
  linkPackages(folder);
  for (const [file, from, to] of edits) edit(join(folder, file), from, to);
  const mappings = globSync(join(folder, 'vendors/*/mapping/map/conversation.ts')).filter((file) =>
    readFileSync(file, 'utf8').includes(recorded),
  );
  if (mappings.length === 0) throw new Error('No vendor records conversations as a whole.');
  for (const file of mappings) edit(file, recorded, recordedNext);
  for (const id of Object.keys(vendors)) raiseMappingVersion(join(folder, `vendors/${id}/mapping.ts`));
  const { status, stderr } = spawnSync(process.execPath, [join(folder, 'schemas/tools/generate.ts')], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`The next release's schemas could not be generated: ${stderr}`);
}

/** Packages from the registry are those of this checkout; the workspace's own are the copy's. */
function linkPackages(folder: string): void {
  const packages = join(folder, 'node_modules');
  mkdirSync(join(packages, '@sluice'), { recursive: true });
  for (const name of readdirSync(join(root, 'node_modules')))
    if (name !== '@sluice') symlinkSync(join(root, 'node_modules', name), join(packages, name));
  for (const name of readdirSync(join(root, 'node_modules/@sluice')))
    symlinkSync(readlinkSync(join(root, 'node_modules/@sluice', name)), join(packages, '@sluice', name));
  for (const group of ['libs', 'services'])
    for (const name of readdirSync(join(root, group))) {
      const own = join(root, group, name, 'node_modules');
      if (existsSync(own)) symlinkSync(own, join(folder, group, name, 'node_modules'));
    }
}

function edit(file: string, from: string, to: string): void {
  const text = readFileSync(file, 'utf8');
  if (text.split(from).length !== 2)
    throw new Error(`${relative(dirname(dirname(file)), file)} has "${from.trim()}" not exactly once.`);
  writeFileSync(file, text.replace(from, to));
}

function raiseMappingVersion(file: string): void {
  const [line = '', version = ''] = /^ {2}version: (\d+),$/m.exec(readFileSync(file, 'utf8')) ?? [];
  edit(file, line, `  version: ${Number(version) + 1},`);
}
