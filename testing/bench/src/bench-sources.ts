import { developmentVendors } from '@sluice/start/development-sources';
import type { VendorId } from '@sluice/vendors';
import { testingOf } from '@sluice/vendors/testing/vendor-testing';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Sources for a bench: made-up accounts with secrets of this run, in the form of `config/sources.yaml`. */
export async function writeBenchSources(folder: string, stream: string): Promise<string> {
  const secret = (name: string, value: string): { current: { file: string } } => {
    writeFileSync(join(folder, name), value, { mode: 0o600 });
    return { current: { file: name } };
  };
  const text = (bytes: number): string => randomBytes(bytes).toString('hex');
  // Keys in the forms that the vendors' own tests have.
  const of = async (vendor: VendorId, id: string): Promise<object> => {
    const { keys, settings } = await testingOf(vendor);
    const aesKey = keys[0].aesKey;
    const common = { vendor, id, stream, signed: true, ...settings, token: secret(`${id}-token`, text(16)) };
    if (aesKey === null) return { ...common, encrypted: false };
    return { ...common, encrypted: true, aesKey: secret(`${id}-aes-key`, aesKey) };
  };
  const { first, second } = developmentVendors as Record<'first' | 'second', VendorId>;
  const sources = await Promise.all([
    of(first, 'bench'),
    of(first, 'bench-quiet'),
    of(second, 'bench-other'),
  ]);
  const file = join(folder, 'sources.yaml');
  // JSON is YAML.
  writeFileSync(file, JSON.stringify({ sources }, null, 2));
  return file;
}
