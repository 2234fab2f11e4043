/**
 * The data type of what staff do on pages within a vendor's workbench: its raw topic holds it next to the pushes.
 * No push has it.
 */
export const staffActionType = 'staffAction';

/**
 * What travels next to a raw payload. Ingress writes it, everyone downstream reads it. Kafka header values
 * are bytes; each of these is UTF-8 text.
 */
export interface RawHeaders {
  readonly sourceId: string;
  /** Id of the vendor that made the payload; `ourOwn` of a heartbeat. */
  readonly vendor: string;
  /** The vendor's name of the data type as the request gave it; empty when it gave none. */
  readonly dataType: string;
  /** When ingress had the whole request, epoch ms. */
  readonly receivedAtMs: number;
  readonly requestId: string;
  readonly contentType: string;
  /** Which of the source's two live keys opened the payload. */
  readonly keyUsed: 'current' | 'previous' | 'none';
  readonly signed: boolean;
  readonly encrypted: boolean;
  /** Lower-case hex SHA-256 of the value. */
  readonly payloadHash: string;
  /** W3C Trace Context. */
  readonly traceparent: string;
  /** The app id that the message names and the source does not list, as `unlistedAppIdOf` writes it; not set otherwise. */
  readonly unlistedAppId?: string;
}

/** An app id as a header holds it: percent-encoded, so printable, and at most 256 characters. A sender picks it. */
export const unlistedAppIdOf = (appId: string): string =>
  encodeURIComponent(appId.toWellFormed()).slice(0, 256);

const names = {
  sourceId: 'sluice-source',
  vendor: 'sluice-vendor',
  dataType: 'sluice-data-type',
  receivedAtMs: 'sluice-received-at',
  requestId: 'sluice-request-id',
  contentType: 'content-type',
  keyUsed: 'sluice-key-used',
  signed: 'sluice-signed',
  encrypted: 'sluice-encrypted',
  payloadHash: 'sluice-payload-hash',
  traceparent: 'traceparent',
  unlistedAppId: 'sluice-unlisted-app-id',
} as const satisfies Record<keyof RawHeaders, string>;

/** The header of `unlistedAppId` in records that releases before 0.2 wrote. */
const olderUnlistedAppId = 'sluice-foreign-app-id';

/** The headers as Kafka takes them. */
export function writeRawHeaders(headers: RawHeaders): Record<string, string> {
  return {
    [names.sourceId]: headers.sourceId,
    [names.vendor]: headers.vendor,
    [names.dataType]: headers.dataType,
    [names.receivedAtMs]: String(headers.receivedAtMs),
    [names.requestId]: headers.requestId,
    [names.contentType]: headers.contentType,
    [names.keyUsed]: headers.keyUsed,
    [names.signed]: String(headers.signed),
    [names.encrypted]: String(headers.encrypted),
    [names.payloadHash]: headers.payloadHash,
    [names.traceparent]: headers.traceparent,
    ...(headers.unlistedAppId === undefined ? {} : { [names.unlistedAppId]: headers.unlistedAppId }),
  };
}

/** Instead of a vendor: the payload is the gateway's own. */
export const ourOwn = 'sluice';

/**
 * Reads the headers of a raw record.
 * @returns null when the record lacks one that nothing can be done without (source, vendor, received-at):
 *   ingress did not write it
 */
export function readRawHeaders(headers: Readonly<Record<string, Buffer>>): RawHeaders | null {
  const text = (name: string): string => headers[name]?.toString('utf8') ?? '';
  const vendor = text(names.vendor);
  const sourceId = text(names.sourceId);
  const receivedAtMs = Number(text(names.receivedAtMs) || Number.NaN);
  if (vendor === '' || sourceId === '' || !Number.isSafeInteger(receivedAtMs)) return null;
  const keyUsed = text(names.keyUsed);
  const unlistedAppId = text(names.unlistedAppId) || text(olderUnlistedAppId);
  return {
    sourceId,
    vendor,
    dataType: text(names.dataType),
    receivedAtMs,
    requestId: text(names.requestId),
    contentType: text(names.contentType),
    keyUsed: keyUsed === 'current' || keyUsed === 'previous' ? keyUsed : 'none',
    signed: text(names.signed) === 'true',
    encrypted: text(names.encrypted) === 'true',
    payloadHash: text(names.payloadHash),
    traceparent: text(names.traceparent),
    ...(unlistedAppId === '' ? {} : { unlistedAppId }),
  };
}
