import { writeSync } from 'node:fs';
import { registerHooks } from 'node:module';

/**
 * Prints the URL of every module that a service and one half of every vendor load, one a line:
 * `node list-loaded.ts <module of the service> receiving|mapping`. The service ends when it finds no settings.
 */
const [, , service = '', half = ''] = process.argv;
const loaded: string[] = [];
registerHooks({
  load(url, context, nextLoad) {
    loaded.push(url);
    return nextLoad(url, context);
  },
});
process.on('exit', () => writeSync(1, `${loaded.join('\n')}\n`));

const { loadMappings, loadReceivers } = await import('@sluice/vendor-kit/vendor');
const { vendors } = await import('@sluice/vendors');
await (half === 'receiving' ? loadReceivers(vendors) : loadMappings(vendors));
await import(service);
