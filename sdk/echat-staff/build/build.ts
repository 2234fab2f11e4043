import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { bundle, bundlePlainSdk, sdkEntry, version } from './bundle.ts';

/** Writes dist/: a package that another page's build can take, with types, and a plain script. */
const root = join(import.meta.dirname, '..');
const dist = join(root, 'dist');
rmSync(dist, { recursive: true, force: true });
mkdirSync(dist);
writeFileSync(join(dist, 'echat-staff-sdk.mjs'), await bundle(sdkEntry, 'esm'));
writeFileSync(join(dist, 'echat-staff-sdk.js'), await bundlePlainSdk());

const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
const types = [
  '--declaration',
  '--emitDeclarationOnly',
  '--noEmit',
  'false',
  '--outDir',
  join(dist, 'types'),
];
execFileSync(process.execPath, [tsc, '-p', join(root, 'tsconfig.build.json'), ...types], {
  stdio: 'inherit',
});

const { name, license } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<
  string,
  string
>;
const manifest = {
  name,
  version,
  license,
  type: 'module',
  exports: { types: './types/index.d.ts', default: './echat-staff-sdk.mjs' },
};
writeFileSync(join(dist, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
