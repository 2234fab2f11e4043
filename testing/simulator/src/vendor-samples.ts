import { readdirSync, readFileSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import type { PlainPush } from './push.ts';
import type { SimulatedSource, Simulators } from './vendor-simulator.ts';
import type { VendorSample } from './vendor-sample.ts';

export type { VendorSample } from './vendor-sample.ts';

/** A file of samples: plain ones are in the folder itself, ciphertexts in `encrypted/`. */
export type SampleFile = Pick<VendorSample, 'name' | 'dataType' | 'encrypted' | 'body'>;

/** The samples in a folder, in a fixed order. A file is called `<dataType>.<ending>` or `<dataType>-<which>.<ending>`. */
export function readSampleFiles(folder: string): SampleFile[] {
  return [false, true].flatMap((encrypted) => {
    const path = join(folder, encrypted ? 'encrypted' : '');
    return readdirSync(path, { withFileTypes: true })
      .filter((entry) => entry.isFile() && ['.xml', '.json'].includes(extname(entry.name)))
      .map(({ name }) => name)
      .sort()
      .map((file) => {
        const name = basename(file, extname(file));
        return { name, dataType: name.replace(/-.*/, ''), encrypted, body: readFileSync(join(path, file)) };
      });
  });
}

/** Every sample of all pages, with its vendor, in a fixed order. */
export function vendorSamples(simulators: Simulators): (VendorSample & { readonly vendor: string })[] {
  return Object.entries(simulators).flatMap(([vendor, simulator]) =>
    simulator.samples().map((sample) => ({ ...sample, vendor })),
  );
}

/** The samples that a source's vendor could send it: ciphertexts go to encrypted sources alone. */
export function samplePushes(source: SimulatedSource): PlainPush[] {
  return source.simulator
    .samples()
    .filter((sample) => !sample.encrypted || source.encryptionKey !== undefined)
    .map((sample) => ({
      id: `sample/${source.id}/${sample.encrypted ? 'encrypted/' : ''}${sample.name}`,
      vendor: source.vendor,
      sourceId: source.id,
      dataType: sample.dataType,
      text: sample.body.toString('utf8'),
      secretParts: sample.secretParts,
      records: sample.records,
      presealed: sample.encrypted,
    }));
}
