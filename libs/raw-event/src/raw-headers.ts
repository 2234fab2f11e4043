/**
 * The data type of what staff do on pages within a vendor's workbench: its raw topic holds it next to the pushes.
 * No push has it.
 */
export const staffActionType = 'staffAction';

/** What travels next to a raw payload. Ingress writes it, everyone downstream reads it. */
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
  /** W3C Trace Context: of the caller, of the span of ingress, or made of the request id. */
  readonly traceparent: string;
  /** The app id that the message names and the source does not list, as `unlistedAppIdOf` writes it; not set otherwise. */
  readonly unlistedAppId?: string;
}

/** Senders choose some of the texts; half a character would throw. */
const encoded = (text: string): string => encodeURIComponent(text.toWellFormed());

/** An app id as a header holds it: percent-encoded, so printable, and at most 256 characters. A sender picks it. */
export const unlistedAppIdOf = (appId: string): string => encoded(appId).slice(0, 256);

/**
 * Each header costs a producer several µs and as many bytes as its name has, so there are three, all text:
 * - `sluice-push`: what many pushes have in common, as a query string: `source=shop-east&vendor=acme&type=chatStart&…`
 * - `sluice-request`: the request id and, behind a space, when the request was received
 * - `sluice-payload-hash`
 *
 * `traceparent` is a fourth one where it is not made of the request id; empty where nothing is traced, as of heartbeats.
 */
const names = {
  push: 'sluice-push',
  request: 'sluice-request',
  payloadHash: 'sluice-payload-hash',
  traceparent: 'traceparent',
} as const;

type PushPart = Omit<RawHeaders, 'receivedAtMs' | 'requestId' | 'payloadHash' | 'traceparent'>;

export interface NewRawHeaders extends Omit<RawHeaders, 'traceparent'> {
  /** Null: made of the request id. */
  readonly traceparent: string | null;
}

/** The headers as Kafka takes them. */
export function writeRawHeaders(headers: NewRawHeaders): Record<string, string> {
  const { requestId, receivedAtMs, traceparent } = headers;
  const written: Record<string, string> = {
    [names.push]: writePushPart(headers),
    [names.request]: `${requestId} ${receivedAtMs}`,
    [names.payloadHash]: headers.payloadHash,
  };
  if (traceparent !== null && traceparent !== traceparentOfRequest(requestId))
    written[names.traceparent] = traceparent;
  return written;
}

/** A trace context for a request whose caller sent none: its id, a UUID, is the trace's. Empty without an id. */
export function traceparentOfRequest(requestId: string): string {
  if (requestId === '') return '';
  const id = requestId.replaceAll('-', '');
  return `00-${id}-${id.slice(16)}-01`;
}

/** Pushes of one source and type have the same text. Senders choose a part of it: there may be many, and long ones. */
const mostKnownParts = 1_000;
const longestKnownPart = 512;
const writtenParts = new Map<string, string>();
const readParts = new Map<string, PushPart>();

/** Forgets all when there are too many: those in use come back. */
function remember<T>(known: Map<string, T>, name: string, value: T): void {
  if (name.length > longestKnownPart) return;
  if (known.size === mostKnownParts) known.clear();
  known.set(name, value);
}

function writePushPart(part: PushPart): string {
  const { sourceId, vendor, dataType, contentType, keyUsed, signed, encrypted, unlistedAppId } = part;
  // Only the data type can have a line break in it, and it comes last.
  const opened = `${keyUsed} ${signed} ${encrypted} ${unlistedAppId ?? ' '}`;
  const name = `${sourceId}\n${vendor}\n${opened}\n${contentType}\n${dataType}`;
  const known = writtenParts.get(name);
  if (known !== undefined) return known;
  const written = encodePushPart(part);
  remember(writtenParts, name, written);
  return written;
}

function encodePushPart(part: PushPart): string {
  const fields = [
    `source=${encoded(part.sourceId)}`,
    `vendor=${encoded(part.vendor)}`,
    `type=${encoded(part.dataType)}`,
    `content-type=${encoded(part.contentType)}`,
    `key=${part.keyUsed}`,
  ];
  if (part.signed) fields.push('signed=true');
  if (part.encrypted) fields.push('encrypted=true');
  if (part.unlistedAppId !== undefined) fields.push(`unlisted=${encoded(part.unlistedAppId)}`);
  return fields.join('&');
}

/** Instead of a vendor: the payload is the gateway's own. */
export const ourOwn = 'sluice';

/** As they are read, or as they are written. */
type RecordHeaders = Readonly<Record<string, Buffer | string>>;

/**
 * Reads the headers of a raw record.
 * @returns null when the record lacks one that nothing can be done without (source, vendor, received-at):
 *   ingress did not write it
 */
export function readRawHeaders(headers: RecordHeaders): RawHeaders | null {
  const found = findRawHeaders(headers);
  const isWhole = found.vendor !== '' && found.sourceId !== '' && Number.isSafeInteger(found.receivedAtMs);
  return isWhole ? found : null;
}

/** As `readRawHeaders`, of any record: texts that are not there are empty, and a time is `NaN`. */
export function findRawHeaders(headers: RecordHeaders): RawHeaders {
  const push = headers[names.push];
  if (!push) return findOlder(headers);
  const [requestId = '', receivedAt = ''] = textOf(headers[names.request]).split(' ');
  return {
    ...readPushPart(textOf(push)),
    receivedAtMs: Number(receivedAt || Number.NaN),
    requestId,
    payloadHash: textOf(headers[names.payloadHash]),
    traceparent: headers[names.traceparent]?.toString() ?? traceparentOfRequest(requestId),
  };
}

function readPushPart(text: string): PushPart {
  const known = readParts.get(text);
  if (known) return known;
  const fields = new URLSearchParams(text);
  const unlistedAppId = fields.get('unlisted');
  const part: PushPart = {
    sourceId: fields.get('source') ?? '',
    vendor: fields.get('vendor') ?? '',
    dataType: fields.get('type') ?? '',
    contentType: fields.get('content-type') ?? '',
    keyUsed: keyUsedIn(fields.get('key')),
    signed: fields.get('signed') === 'true',
    encrypted: fields.get('encrypted') === 'true',
    ...(unlistedAppId === null ? {} : { unlistedAppId }),
  };
  remember(readParts, text, part);
  return part;
}

/** Releases before 0.2 wrote a header for each field. */
function findOlder(headers: RecordHeaders): RawHeaders {
  const text = (name: string): string => textOf(headers[name]);
  const unlistedAppId = text('sluice-unlisted-app-id') || text('sluice-foreign-app-id');
  return {
    sourceId: text('sluice-source'),
    vendor: text('sluice-vendor'),
    dataType: text('sluice-data-type'),
    receivedAtMs: Number(text('sluice-received-at') || Number.NaN),
    requestId: text('sluice-request-id'),
    contentType: text('content-type'),
    keyUsed: keyUsedIn(text('sluice-key-used')),
    signed: text('sluice-signed') === 'true',
    encrypted: text('sluice-encrypted') === 'true',
    payloadHash: text('sluice-payload-hash'),
    traceparent: text('traceparent'),
    ...(unlistedAppId === '' ? {} : { unlistedAppId }),
  };
}

const textOf = (value: Buffer | string | undefined): string => value?.toString() ?? '';

const keyUsedIn = (text: string | null): RawHeaders['keyUsed'] =>
  text === 'current' || text === 'previous' ? text : 'none';
