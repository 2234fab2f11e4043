import type { Source } from '@sluice/sources/source';
import type { SourceVendor } from '@sluice/sources/source-vendor';
import type { VendorMapping } from './mapping/mapping.ts';
import type { Receiving } from './receiving/receiving.ts';

/**
 * Everything that the product knows of a vendor, in three parts: what the sources file asks for, which is loaded with the
 * list of vendors, and two halves that are loaded where they are used.
 * @typeParam S the settings that its sources alone have
 */
export interface Vendor<S = unknown> extends SourceVendor {
  /** For people. */
  readonly name: string;
  /** The half that ingress loads: verify, decode, acknowledge. */
  receiving(): Promise<Receiving<S>>;
  /** The half that the normalizer loads: parse, map. */
  mapping(): Promise<VendorMapping<S>>;
}

/** Says what a vendor is. Its settings are a matter of its own: to everybody else they are unknown. */
export function defineVendor<S>(vendor: Vendor<S>): Vendor {
  return vendor;
}

/** The receiving halves of some vendors, by id. */
export type Receivers = Readonly<Record<string, Receiving>>;

/** The receiving half of a source's vendor. @throws for a source of no vendor on the list, which none is read as */
export function receivingOf({ vendor }: Pick<Source, 'vendor'>, receivers: Receivers): Receiving {
  return found(vendor, receivers);
}

/** The mapping half of a source's vendor. @throws as `receivingOf` does */
export function mappingOf({ vendor }: Pick<Source, 'vendor'>, mappings: Mappings): VendorMapping {
  return found(vendor, mappings);
}

function found<T>(id: string, halves: Readonly<Record<string, T>>): T {
  const half = halves[id];
  if (half === undefined) throw new Error(`No vendor is called ${id}.`);
  return half;
}

/** The mapping halves of some vendors, by id. */
export type Mappings = Readonly<Record<string, VendorMapping>>;

export async function loadReceivers(vendors: Readonly<Record<string, Vendor>>): Promise<Receivers> {
  return loadEach(vendors, (vendor) => vendor.receiving());
}

export async function loadMappings(vendors: Readonly<Record<string, Vendor>>): Promise<Mappings> {
  return loadEach(vendors, (vendor) => vendor.mapping());
}

async function loadEach<T>(
  vendors: Readonly<Record<string, Vendor>>,
  load: (vendor: Vendor) => Promise<T>,
): Promise<Readonly<Record<string, T>>> {
  const loaded = Object.values(vendors).map(async (vendor) => [vendor.id, await load(vendor)] as const);
  return Object.fromEntries(await Promise.all(loaded));
}
