import { hash } from 'node:crypto';
import { vendorSymbol } from '@sluice/canonical-event/vendor-symbol';
import { staffActionType, writeRawHeaders, type NewRawHeaders } from '@sluice/raw-event/raw-headers';
import { rawTopicOf, topicOf } from '@sluice/schemas/topics';
import type { Reason } from '@sluice/schemas/schemas';
import type { LiveKey, Source, SourceSecret, SuspectPolicy } from '@sluice/sources/source';
import type { Span } from '@sluice/telemetry/tracing';
import type { DurableWriter, WriteOutcome } from './durable-writer.ts';
import { contentTypeOf } from './content-type.ts';
import type { IngressDeadLetters } from './ingress-dead-letters.ts';
import { rawKeyOf } from './raw-key.ts';
import { pushPrintOf, type ReplayCache } from './replay-cache.ts';
import { decodeStaffBatch, type PageIdentity } from './staff/decode.ts';
import type { SuspectBudget } from './suspect-budget.ts';
import type {
  Freshness,
  PushWarning,
  Decoded,
  PushHead,
  Undecodable,
} from '@sluice/vendor-kit/receiving/receiving';
import { receivingOf, type Receivers } from '@sluice/vendor-kit/vendor';

/**
 * How a push ended: a closed list, values of a metric's label.
 * - `published`: its payload is in the log of all in-sync replicas
 * - `spooled`: its payload is synced to the disk, to be published later
 * - `dead-lettered`: nothing in it is usable, or it is too large for its topic; its bytes are kept
 * - `repeated`: acknowledged before, with the same signature and body; acknowledged again, and not stored twice
 * - `kept-apart`: its timestamp is stale or its signature came before with another body; its bytes are a dead letter
 * - `over-budget`: as `kept-apart`, but the source has used up what may be kept apart; nothing is kept
 * - `refused`: not authenticated, or not wanted by the source's policy; nothing is kept
 * - `unavailable`: nothing durable took it; the vendor sends it again
 */
export type PushOutcome =
  | 'published'
  | 'spooled'
  | 'repeated'
  | 'dead-lettered'
  | 'kept-apart'
  | 'over-budget'
  | 'refused'
  | 'unavailable';

/** How long a page of staff may take to send a batch again, in ms. */
const batchResendMs = 900_000;

export interface Receiver {
  /** By vendor. */
  readonly vendors: Receivers;
  readonly writer: DurableWriter;
  readonly deadLetters: Pick<IngressDeadLetters, 'write'>;
  readonly replayCache: ReplayCache;
  readonly suspectBudget: SuspectBudget;
  readonly nowMs: () => number;
  readonly onWarning: (source: Source, warning: PushWarning) => void;
  readonly onDeadLetter: (reason: Undecodable['reason']) => void;
  /** A push, or a request of a staff page, passed by one of the two live keys of a secret. */
  readonly onKeyUsed: (source: Source, secret: Pick<SourceSecret, 'kind' | 'page'>, key: LiveKey) => void;
}

/** The head of a request that is being answered. */
export interface PushRequest extends PushHead {
  /** In the answer, and in the headers of all records that are made of the request. */
  readonly requestId: string;
  /** What continues of the push carries its span's trace context. Anybody who answers ends the span. */
  readonly span?: Span;
  /** Anybody who answers gives an empty one; what of the push becomes a dead letter adds its reason. */
  readonly deadLetters: Reason[];
}

/**
 * The path of a verified push: decode (find the payload, decrypt) → publish, or keep as a dead letter → answer.
 * Acknowledged is only what is durable: the caller answers by the outcome, and the outcome comes last.
 *
 * What somebody else may have sent (stale, or with a signature that came before) is judged before it is decoded, so that
 * the answer depends on nothing that decryption yields.
 */
export async function receive(
  body: Buffer,
  head: PushRequest,
  source: Source,
  receiver: Receiver,
  verification: Freshness,
): Promise<PushOutcome> {
  // Nothing tells the pushes of an unsigned source apart but their content, whose events have the same ids.
  if (source.token === null) return store(body, head, source, receiver);
  const print = pushPrintOf(
    receivingOf(source, receiver.vendors).signatureOf(head),
    hash('sha256', body, 'buffer'),
  );
  const known = receiver.replayCache.lookUp(source.id, print);
  if (known === 'repeated') return 'repeated';

  const suspicions: readonly Suspicion[] =
    verification === 'verified' && known === 'new'
      ? []
      : suspicionsOf(source, verification === 'stale', known === 'reused');
  for (const { warning } of suspicions) receiver.onWarning(source, warning);
  if (suspicions.some(({ policy }) => policy === 'refuse')) return 'refused';
  const suspicion = suspicions.find(({ policy }) => policy === 'keep-apart');
  const outcome = await (suspicion
    ? keepApart(body, suspicion, head, source, receiver)
    : store(body, head, source, receiver));
  if (outcome !== 'unavailable' && outcome !== 'over-budget')
    receiver.replayCache.add(source.id, print, source.freshnessMs);
  return outcome;
}

interface Suspicion extends Pick<Undecodable, 'reason' | 'detail'> {
  readonly warning: PushWarning;
  readonly policy: SuspectPolicy;
}

/** Why somebody else may have sent a signed push: not every vendor signs the body. */
function suspicionsOf(source: Source, isStale: boolean, isReused: boolean): Suspicion[] {
  const stale: Suspicion = {
    warning: 'stale-timestamp',
    policy: source.staleTimestamps,
    reason: 'STALE',
    detail: `The signed timestamp is older than ${source.freshnessMs} ms, or in the future.`,
  };
  const reused: Suspicion = {
    warning: 'reused-signature',
    policy: source.reusedSignatures,
    reason: 'REUSED_SIGNATURE',
    detail: 'The signature was used before with another body.',
  };
  return [...(isStale ? [stale] : []), ...(isReused ? [reused] : [])];
}

/** Keeps the body as it was received. It is decoded when somebody redrives it. */
async function keepApart(
  body: Buffer,
  { reason, detail }: Suspicion,
  head: PushRequest,
  source: Source,
  receiver: Receiver,
): Promise<PushOutcome> {
  if (!receiver.suspectBudget.take(source.id, body.length, source.keptApartBytesPerHour))
    return 'over-budget';
  const unopened = {
    dataType: receivingOf(source, receiver.vendors).dataTypeOf(head),
    keyUsed: 'none',
  } as const;
  const raw = describeRaw(body, unopened, head, source, receiver);
  const kept = await keep({ payload: body, reason, detail }, raw, head, source, receiver);
  return kept === 'unavailable' ? 'unavailable' : 'kept-apart';
}

/**
 * The path of an authenticated batch of staff actions, with the promise of a push: what is acknowledged is durable, and
 * what cannot be used is kept as a dead letter.
 */
export async function receiveStaffBatch(
  body: Buffer,
  head: PushRequest,
  page: PageIdentity,
  source: Source,
  receiver: Receiver,
): Promise<PushOutcome> {
  const bodyHash = hash('sha256', body, 'buffer');
  // A batch has no signature; what tells two apart is the page and the content.
  const name = hash('sha256', `${page.pageId} ${bodyHash.toString('hex')}`, 'hex');
  const print = pushPrintOf(name, bodyHash);
  if (receiver.replayCache.lookUp(source.id, print) === 'repeated') return 'repeated';
  const outcome = await storeOpened(decodeStaffBatch(body, page), head, source, receiver);
  if (outcome !== 'unavailable') receiver.replayCache.add(source.id, print, batchResendMs);
  return outcome;
}

function store(body: Buffer, head: PushRequest, source: Source, receiver: Receiver): Promise<PushOutcome> {
  const decoded = receivingOf(source, receiver.vendors).decode(body, head, source);
  return storeOpened(decoded, head, source, receiver);
}

async function storeOpened(
  decoded: Decoded,
  head: PushRequest,
  source: Source,
  receiver: Receiver,
): Promise<PushOutcome> {
  const receivedAtMs = receiver.nowMs();
  for (const warning of decoded.warnings) receiver.onWarning(source, warning);
  if (decoded.keyUsed !== 'none') receiver.onKeyUsed(source, { kind: 'aesKey', page: '' }, decoded.keyUsed);
  head.span?.set({ 'sluice.data_type': decoded.dataType });

  const describe = (payload: Buffer): NewRawHeaders =>
    describeRaw(payload, decoded, head, source, receiver, receivedAtMs);
  const kept = decoded.undecodable.map((part) => keep(part, describe(part.payload), head, source, receiver));
  const written =
    decoded.payload === null ? null : write(decoded.payload, describe(decoded.payload), source, receiver);
  const [payload, deadLetters] =
    kept.length === 0 ? [await written, []] : await Promise.all([written, Promise.all(kept)]);
  if (payload === 'dead-lettered') head.deadLetters.push('TOO_LARGE');
  // A part that is not durable: the vendor keeps the push. What else was written carries the same ids.
  if (payload === 'unavailable' || deadLetters.includes('unavailable')) return 'unavailable';
  return payload ?? 'dead-lettered';
}

function write(
  payload: Buffer,
  raw: NewRawHeaders,
  source: Source,
  { writer, vendors }: Receiver,
): Promise<WriteOutcome> {
  return writer.write({
    topic: topicOf(source.stream, rawTopicOf(source.vendor)),
    key: rawKeyOf(source.id, payload, raw.payloadHash, receivingOf(source, vendors).conversationKey),
    value: payload,
    headers: writeRawHeaders(raw),
  });
}

async function keep(
  part: Undecodable,
  raw: NewRawHeaders,
  head: PushRequest,
  source: Source,
  receiver: Receiver,
): Promise<WriteOutcome> {
  const deadLetter = {
    id: raw.payloadHash,
    stage: 'INGRESS' as const,
    reason: part.reason,
    detail: part.detail,
    payload: part.payload,
    headers: Object.entries(writeRawHeaders(raw)).map(([name, value]) => ({ name, value })),
    source_id: source.id,
    vendor: vendorSymbol(source.vendor),
    vendor_id: source.vendor,
    data_type: raw.dataType,
    first_seen: raw.receivedAtMs,
  };
  const outcome = await receiver.deadLetters.write(source.stream, deadLetter, receiver.writer);
  if (outcome === 'unavailable') return outcome;
  receiver.onDeadLetter(part.reason);
  head.deadLetters.push(part.reason);
  head.span?.set({ 'sluice.dead_letter.reason': part.reason });
  return outcome;
}

function describeRaw(
  payload: Buffer,
  decoded: Pick<Decoded, 'dataType' | 'keyUsed' | 'unlistedAppId'>,
  head: PushRequest,
  source: Source,
  { vendors, nowMs }: Receiver,
  receivedAtMs = nowMs(),
): NewRawHeaders {
  const { requestId } = head;
  // The vendor's signature and key are about its pushes.
  const isPush = decoded.dataType !== staffActionType;
  return {
    sourceId: source.id,
    vendor: source.vendor,
    dataType: decoded.dataType,
    receivedAtMs,
    requestId,
    contentType: isPush ? contentTypeOf(head, receivingOf(source, vendors).contentType) : 'application/json',
    keyUsed: decoded.keyUsed,
    signed: isPush && source.token !== null,
    encrypted: isPush && source.aesKey !== null,
    payloadHash: hash('sha256', payload, 'hex'),
    traceparent: head.span?.traceparent ?? wellFormed(head.header('traceparent')),
    ...(decoded.unlistedAppId === undefined ? {} : { unlistedAppId: decoded.unlistedAppId }),
  };
}

/** W3C Trace Context, version 00. */
const traceparentForm = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/** The caller's trace context; null when it sent none that is well-formed. */
function wellFormed(traceparent: string | undefined): string | null {
  return traceparent !== undefined && traceparentForm.test(traceparent) ? traceparent : null;
}
