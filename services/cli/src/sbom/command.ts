import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { json } from '../options.ts';
import type { Print } from '../say.ts';
import { cycloneDx } from './cyclone-dx.ts';
import { productionPackages } from './production-packages.ts';

const root = resolve(import.meta.dirname, '../../../..');

/** `sluice sbom`: an image tells what is in it. */
export function defineSbom(command: Command, print: Print): void {
  command
    .addOption(json())
    .addHelpText('after', '\nIt is JSON with or without --json.\n\nExample:\n  sluice sbom > sbom.json')
    .action(() => {
      const installed = join(root, 'node_modules/.package-lock.json');
      if (!existsSync(installed)) throw new Error('Nothing is installed here: run "npm ci" first.');
      const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
      print(JSON.stringify(cycloneDx(version, productionPackages(installed)), null, 2));
    });
}
