import { hash, randomUUID } from 'node:crypto';
import { staffActionType, writeRawHeaders, type RawHeaders } from '@sluice/raw-event/raw-headers';
import { topicOf } from '@sluice/schemas/topics';
import type { EchatSource, Source } from '@sluice/sources/source';
import type { Span } from '@sluice/telemetry/tracing';
import type { DurableWriter, WriteOutcome } from './durable-writer.ts';
import { echat } from './echat/echat.ts';
import type { IngressDeadLetters } from './ingress-dead-letters.ts';
import { rawKeyOf } from './raw-key.ts';
import type { ReplayMemory } from './replay-memory.ts';
import { sobot } from './sobot/sobot.ts';
import { openStaffBatch, type PageIdentity } from './staff/open.ts';
import type { Oddity, Opened, PushHead, Unusable, Verification } from './vendor.ts';

/**
 * How a push ended: a closed list, values of a metric's label.
 * - `published`: its payload is in the log of all in-sync replicas
 * - `spooled`: its payload is synced to the disk, to be published later
 * - `dead-lettered`: nothing in it is usable, or it is too large for its topic; its bytes are kept
 * - `repeated`: acknowledged before, with the same signature and body; acknowledged again, and not stored twice
 * - `refused`: not authenticated, or not wanted by the source's policy; nothing is kept
 * - `unavailable`: nothing durable took it; the vendor sends it again
 */
export type PushOutcome = 'published' | 'spooled' | 'repeated' | 'dead-lettered' | 'refused' | 'unavailable';

export interface Receiver {
  readonly writer: DurableWriter;
  readonly deadLetters: Pick<IngressDeadLetters, 'write'>;
  readonly replayMemory: ReplayMemory;
  readonly nowMs: () => number;
  readonly onOddity: (source: Source, oddity: Oddity) => void;
  readonly onDeadLetter: (reason: Unusable['reason']) => void;
  readonly onKeyUsed: (source: Source, key: 'current' | 'previous') => void;
}

/** A push that may be traced: what goes on of it carries its span's trace context. Whoever answers ends the span. */
export interface TracedHead extends PushHead {
  readonly span?: Span;
}

/** The body that the vendor takes for an acknowledgement. */
export function acknowledgementOf(source: Source): string {
  return source.vendor === 'echat' ? echat.acknowledgement : sobot.acknowledgement;
}

/** The first step, before the body is read: is this the vendor? */
export function verify(head: PushHead, source: Source, nowMs: number): Verification {
  return source.vendor === 'echat' ? echat.verify(head, source, nowMs) : sobot.verify(head, source, nowMs);
}

/**
 * The path of a verified push: open (find the payload, decrypt) → publish, or keep as a dead letter → answer.
 * Acknowledged is only what is durable: the caller answers by the outcome, and the outcome comes last.
 */
export async function receive(
  body: Buffer,
  head: TracedHead,
  source: Source,
  receiver: Receiver,
): Promise<PushOutcome> {
  // Nothing tells the pushes of an unsigned source apart but their content, whose events have the same ids.
  if (source.token === null) return store(body, head, source, receiver);
  const signature = (source.vendor === 'echat' ? echat : sobot).signatureOf(head);
  const bodyHash = hash('sha256', body, 'base64');
  switch (receiver.replayMemory.recall(source.id, signature, bodyHash)) {
    case 'repeated':
      return 'repeated';
    case 'reused':
      receiver.onOddity(source, 'reused-signature');
      if (source.reusedSignatures === 'refuse') return 'refused';
      break;
    case 'new':
  }
  const outcome = await store(body, head, source, receiver);
  if (outcome !== 'unavailable' && outcome !== 'refused')
    receiver.replayMemory.remember(source.id, signature, bodyHash);
  return outcome;
}

/**
 * The path of an authenticated batch of staff actions, with the promise of a push: what is acknowledged is durable, and
 * what cannot be used is kept as a dead letter.
 */
export async function receiveStaffBatch(
  body: Buffer,
  head: TracedHead,
  page: PageIdentity,
  source: EchatSource,
  receiver: Receiver,
): Promise<PushOutcome> {
  const bodyHash = hash('sha256', body, 'base64');
  // A batch has no signature; what tells two apart is the page and the content.
  const name = `staff page ${page.pageId} ${bodyHash}`;
  if (receiver.replayMemory.recall(source.id, name, bodyHash) === 'repeated') return 'repeated';
  const outcome = await storeOpened(openStaffBatch(body, page), head, source, receiver);
  if (outcome !== 'unavailable') receiver.replayMemory.remember(source.id, name, bodyHash);
  return outcome;
}

function store(body: Buffer, head: TracedHead, source: Source, receiver: Receiver): Promise<PushOutcome> {
  const opened = source.vendor === 'echat' ? echat.open(body, head, source) : sobot.open(body, head, source);
  return storeOpened(opened, head, source, receiver);
}

async function storeOpened(
  opened: Opened,
  head: TracedHead,
  source: Source,
  receiver: Receiver,
): Promise<PushOutcome> {
  const receivedAtMs = receiver.nowMs();
  if (opened.outcome === 'refused') return 'refused';
  for (const oddity of opened.oddities) receiver.onOddity(source, oddity);
  if (opened.keyUsed !== 'none') receiver.onKeyUsed(source, opened.keyUsed);
  head.span?.set({ 'sluice.data_type': opened.dataType });

  const describe = (payload: Buffer): RawHeaders => describeRaw(payload, opened, head, source, receivedAtMs);
  const kept = opened.unusable.map((part) => keep(part, describe(part.payload), head, source, receiver));
  const written =
    opened.payload === null ? null : write(opened.payload, describe(opened.payload), source, receiver);
  const [payload, letters] = await Promise.all([written, Promise.all(kept)]);
  // A part that is not durable: the vendor keeps the push. What else was written carries the same ids.
  if (payload === 'unavailable' || letters.includes('unavailable')) return 'unavailable';
  return payload ?? 'dead-lettered';
}

function write(
  payload: Buffer,
  raw: RawHeaders,
  source: Source,
  { writer }: Receiver,
): Promise<WriteOutcome> {
  return writer.write({
    topic: topicOf(source.stream, `raw.${source.vendor}`),
    key: rawKeyOf(source.vendor, source.id, payload, raw.payloadHash),
    value: payload,
    headers: writeRawHeaders(raw),
  });
}

async function keep(
  part: Unusable,
  raw: RawHeaders,
  head: TracedHead,
  source: Source,
  receiver: Receiver,
): Promise<WriteOutcome> {
  const letter = {
    id: raw.payloadHash,
    stage: 'INGRESS' as const,
    reason: part.reason,
    detail: part.detail,
    payload: part.payload,
    headers: Object.entries(writeRawHeaders(raw)).map(([name, value]) => ({ name, value })),
    source_id: source.id,
    vendor: source.vendor === 'echat' ? ('ECHAT' as const) : ('SOBOT' as const),
    data_type: raw.dataType,
    first_seen: raw.receivedAtMs,
  };
  const outcome = await receiver.deadLetters.write(source.stream, letter, receiver.writer);
  if (outcome === 'unavailable') return outcome;
  receiver.onDeadLetter(part.reason);
  head.span?.set({ 'sluice.dead_letter.reason': part.reason });
  return outcome;
}

function describeRaw(
  payload: Buffer,
  opened: Extract<Opened, { outcome: 'opened' }>,
  head: TracedHead,
  source: Source,
  receivedAtMs: number,
): RawHeaders {
  const requestId = randomUUID();
  // The vendor's signature and key are about its pushes.
  const isPush = opened.dataType !== staffActionType;
  return {
    sourceId: source.id,
    vendor: source.vendor,
    dataType: opened.dataType,
    receivedAtMs,
    requestId,
    contentType: opened.contentType,
    keyUsed: opened.keyUsed,
    signed: isPush && source.token !== null,
    encrypted: isPush && source.aesKey !== null,
    payloadHash: hash('sha256', payload, 'hex'),
    traceparent: head.span?.traceparent ?? traceparentOf(head.header('traceparent'), requestId),
  };
}

/** The caller's trace context when it is well-formed (W3C Trace Context, version 00), else a new one. */
function traceparentOf(sent: string | undefined, requestId: string): string {
  if (sent !== undefined && /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/.test(sent))
    return sent;
  const id = requestId.replaceAll('-', '');
  return `00-${id}-${id.slice(16)}-01`;
}
