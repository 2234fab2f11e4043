import type { PlainPush, Push } from '@sluice/simulator/push';
import { seededRandom } from '@sluice/simulator/random';
import { sealPush, signBody } from '@sluice/simulator/seal-push';
import type { SimulatedSource } from '@sluice/simulator/vendor-simulator';
import { simulatedSources } from '@sluice/vendors/simulators';
import { generateTraffic } from '@sluice/simulator/traffic';

/** Makes single pushes of a source, as its vendor would or almost so. */
export interface Sealer {
  /** A document of the source that no other call gave. */
  plain(): PlainPush;
  /** @param change what the vendor takes to be its account. @param agoMs how old the signature is */
  seal(plain: PlainPush, change?: Partial<SimulatedSource>, agoMs?: number): Push;
  /** A body as it stands, well signed. @param dataType default: one of the source's traffic */
  signBody(body: Buffer, dataType?: string): Push;
}

export async function createSealer(sourcesFile: string, sourceId: string, seed: string): Promise<Sealer> {
  return sealerOf(await simulatedSources(sourcesFile), sourceId, seed);
}

/** @throws when none of the sources is called so */
export function sealerOf(sources: readonly SimulatedSource[], sourceId: string, seed: string): Sealer {
  const source = sources.find(({ id }) => id === sourceId);
  if (!source) throw new Error(`There is no source ${sourceId}.`);
  const run = new Date().toISOString();
  const traffic = generateTraffic({ sources: [source], seed, run, now: Date.now });
  const random = seededRandom(seed + run);
  const given = new Set<string>();
  const next = (): PlainPush => {
    const plain = traffic.next().value;
    return given.size === given.add(plain.text).size ? next() : plain;
  };
  return {
    plain: next,
    seal: (plain, change = {}, agoMs = 0) =>
      sealPush(plain, { ...source, ...change }, { now: () => Date.now() - agoMs, random }),
    signBody(body, dataType) {
      const plain = next();
      return signBody({ ...plain, dataType: dataType ?? plain.dataType }, body, source, {
        now: Date.now,
        random,
      });
    },
  };
}
