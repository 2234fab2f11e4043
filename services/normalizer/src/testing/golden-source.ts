import type { RawHeaders } from '@sluice/raw-event/raw-headers';
import type { Source } from '@sluice/sources/source';

/** When every record of a test was received. */
const receivedAtMs = 1_700_000_000_000;

/** A source in China with the documented units. */
export function sourceOf(vendor: Source['vendor']): Source {
  const common = {
    id: `${vendor}-golden`,
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
    foreignIds: 'accept',
    utcOffsetMinutes: 480,
    durationUnits: {},
  } as const;
  return vendor === 'echat'
    ? { ...common, vendor, timestampUnit: 'any', appIds: [], staff: null }
    : { ...common, vendor, companyIds: [] };
}

/** The headers that ingress gives a raw record of this source. */
export function rawHeadersOf(vendor: Source['vendor'], dataType: string): RawHeaders {
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
