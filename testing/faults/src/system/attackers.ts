import { developmentSourcesOf } from '@sluice/start/development-sources';
import { vendors, type VendorId } from '@sluice/vendors';
import type { VendorAttacks } from '@sluice/vendors/testing/vendor-attacks';
import { testingOf } from '@sluice/vendors/testing/vendor-testing';

/** A vendor with an attack of some kind, and the development sources that take it. */
export interface Attacker<K extends keyof VendorAttacks> {
  readonly vendor: VendorId;
  readonly attack: NonNullable<VendorAttacks[K]>;
  /** Of the source whose pushes are plain. */
  readonly plain: string;
  /** Of the source that encrypts; null for a vendor without. */
  readonly encrypted: string | null;
}

/**
 * Every vendor on the list that has attacks of a kind.
 * @throws when config/sources.yaml has no source of such a vendor, without encryption
 */
export async function attackersWith<K extends keyof VendorAttacks>(kind: K): Promise<Attacker<K>[]> {
  const found = await Promise.all(
    (Object.keys(vendors) as VendorId[]).map(async (vendor): Promise<Attacker<K>[]> => {
      const attack = (await testingOf(vendor)).attacks?.[kind];
      if (attack === undefined) return [];
      const sources = developmentSourcesOf(vendor);
      const plain = sources.find(({ encrypted }) => !encrypted)?.id;
      if (plain === undefined) throw new Error(`config/sources.yaml has no plain source of ${vendor}.`);
      return [{ vendor, attack, plain, encrypted: sources.find(({ encrypted }) => encrypted)?.id ?? null }];
    }),
  );
  return found.flat();
}
