import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '..');
/** The one version of the product: that of the root's package.json. */
export const { version } = JSON.parse(readFileSync(join(root, '../../package.json'), 'utf8')) as {
  version: string;
};

/** What every browser since 2020 runs: workbenches are opened in older ones, too. */
const target = 'es2020';

/**
 * Bundles a browser program of ours into one script.
 * @param entry path of its first file; it may import the staff SDK by its package's name
 * @param format `esm`, or `iife` for a plain script
 * @param globalName what a plain script's exports are reached by
 */
export async function bundle(entry: string, format: 'esm' | 'iife', globalName?: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    minify: true,
    format,
    target,
    // None is needed: the image has none.
    tsconfigRaw: {},
    // Pages that name no charset read it as it is meant, too.
    charset: 'ascii',
    legalComments: 'none',
    define: { SDK_VERSION: JSON.stringify(version) },
    ...(globalName === undefined ? {} : { globalName }),
  });
  const [file] = outputFiles;
  if (!file) throw new Error(`${entry} was bundled into nothing.`);
  return file.text;
}

/** The first file of the SDK. */
export const sdkEntry = join(root, 'src/index.ts');

/** The SDK as a plain script; its exports are reached by `SluiceStaff`. */
export const bundlePlainSdk = (): Promise<string> => bundle(sdkEntry, 'iife', 'SluiceStaff');
