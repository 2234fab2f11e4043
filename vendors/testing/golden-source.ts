import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { RawHeaders } from '@sluice/raw-event/raw-headers';
import type { Source } from '@sluice/sources/source';
import type { UnknownKind, VendorMapping } from '@sluice/vendor-kit/mapping/mapping';
import { normalize, type Normalized, type RawRecord } from '@sluice/vendor-kit/mapping/normalize';
import { loadMappings, mappingOf, type Mappings } from '@sluice/vendor-kit/vendor';
import { z } from 'zod';
import { vendors, type VendorId } from '../index.ts';

/** When every record of a test was received. */
const receivedAtMs = 1_700_000_000_000;

/** A source in China with the documented units. */
export function sourceOf(vendor: string): Source {
  return {
    id: `${vendor}-golden`,
    vendor,
    stream: 'sluice',
    tenant: 'golden',
    token: null,
    aesKey: null,
    pathSecret: null,
    addresses: ['::1'],
    freshnessMs: 1,
    staleTimestamps: 'keep-apart',
    reusedSignatures: 'keep-apart',
    keptApartBytesPerHour: 1,
    plaintext: 'keep-apart',
    unlistedIds: 'accept',
    utcOffsetMinutes: 480,
    durationUnits: {},
    staff: null,
    settings: z.object(vendors[vendor as VendorId].settings).parse({}),
  };
}

/** The headers that ingress gives a raw record of this source. */
export function rawHeadersOf(vendor: string, dataType: string): RawHeaders {
  return {
    sourceId: `${vendor}-golden`,
    vendor,
    dataType,
    receivedAtMs,
    requestId: '',
    contentType: '',
    keyUsed: 'none',
    signed: false,
    encrypted: false,
    payloadHash: '',
    traceparent: '',
  };
}

const position = { topic: 'raw', partition: 0, offset: '0' };

/** How a payload is normalized that a vendor's source sent; the mapping halves are loaded before the tests of a file. */
export function useNormalize(): (
  vendor: string,
  dataType: string,
  payload: Buffer | string,
  change?: Partial<RawRecord>,
  onUnknown?: (kind: UnknownKind) => void,
) => Normalized {
  const mappings = useMappings();
  return (vendor, dataType, payload, change = {}, onUnknown = () => undefined) => {
    const raw = {
      payload: typeof payload === 'string' ? Buffer.from(payload) : payload,
      headers: rawHeadersOf(vendor, dataType),
      position,
      source: sourceOf(vendor),
      ...change,
    };
    return normalize(raw, mappings.of(vendor), onUnknown);
  };
}

/** The mapping halves of all vendors, loaded before the tests of a file run. */
export function useMappings(): { of(vendor: string): VendorMapping } {
  let mappings: Mappings | undefined;
  beforeAll(async () => {
    mappings = await loadMappings(vendors);
  });
  return {
    of(vendor) {
      if (!mappings) throw new Error('The mappings are loaded by beforeAll.');
      return mappingOf({ vendor }, mappings);
    },
  };
}

/** A payload, and what is expected of it. */
export interface GoldenCase {
  readonly vendor: VendorId;
  readonly name: string;
  readonly dataType: string;
  readonly folder: string;
  /** The file with the payload. */
  readonly input: string;
}

/** The golden cases of all vendors. */
export function goldenCases(): GoldenCase[] {
  return (Object.keys(vendors) as VendorId[]).flatMap((vendor) => {
    const fixtures = join(import.meta.dirname, `../${vendor}/fixtures`);
    return readdirSync(fixtures).map((name): GoldenCase => {
      const folder = join(fixtures, name);
      const input = readdirSync(folder).find((file) => file.startsWith('input.')) ?? 'input';
      return { vendor, name, dataType: name.replace(/-.*/, ''), folder, input: join(folder, input) };
    });
  });
}
