import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { PlainPush } from './push.ts';
import type { SimulatedSource, Vendor } from './simulated-sources.ts';
import { locateJsonMember } from './sobot-envelope.ts';

/** A document from a vendor's page, verbatim, malformed ones included. */
export interface VendorSample {
  readonly vendor: Vendor;
  /** The file's name without its ending: the data type, and which of its samples it is where there are several. */
  readonly name: string;
  readonly dataType: string;
  /** It is the page's ciphertext, whose key is unknown. */
  readonly encrypted: boolean;
  readonly body: Buffer;
}

const samplesFolder = join(import.meta.dirname, '../samples');

const folders: readonly Pick<VendorSample, 'vendor' | 'encrypted'>[] = [
  { vendor: 'echat', encrypted: false },
  { vendor: 'echat', encrypted: true },
  { vendor: 'sobot', encrypted: false },
  { vendor: 'sobot', encrypted: true },
];

/** Every sample of both pages, in a fixed order. */
export function vendorSamples(): VendorSample[] {
  return folders.flatMap(({ vendor, encrypted }) => {
    const folder = join(samplesFolder, vendor, encrypted ? 'encrypted' : '');
    const ending = vendor === 'echat' ? '.xml' : '.json';
    return readdirSync(folder)
      .filter((file) => file.endsWith(ending))
      .sort()
      .map((file) => {
        const name = basename(file, ending);
        return {
          vendor,
          name,
          dataType: name.replace(/-.*/, ''),
          encrypted,
          body: readFileSync(join(folder, file)),
        };
      });
  });
}

/** The samples that a source's vendor could send it: ciphertexts go to encrypted sources alone. */
export function samplePushes(source: SimulatedSource): PlainPush[] {
  return vendorSamples()
    .filter((sample) => sample.vendor === source.vendor)
    .filter((sample) => !sample.encrypted || source.encryptionKey !== undefined)
    .map((sample) => {
      const text = sample.body.toString('utf8');
      return {
        id: `sample/${source.id}/${sample.encrypted ? 'encrypted/' : ''}${sample.name}`,
        vendor: sample.vendor,
        sourceId: source.id,
        dataType: sample.dataType,
        text,
        secretParts: sample.vendor === 'sobot' ? [locateJsonMember(text, 'content')] : [],
        records: sample.encrypted && sample.dataType === 'calllog' ? 2 : 1,
        presealed: sample.encrypted,
      };
    });
}
